import { setTimeout as sleep } from 'node:timers/promises';
import { askedSection } from '../../src/dashboard/kept-section.js';
import { API, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import type { Fleet } from './fleet.js';

/** Those that are made to expire. Not alerts: they are dropped by every change of one. */
const EXPIRING = ['health', 'ml'] as const;
/** What nobody makes expire, and whose computations therefore are of no other range. */
const LASTING = 'business';
type Section = (typeof EXPIRING)[number] | typeof LASTING;
/** When a section was computed; null: it is missing. */
type Generation = string | null;
const RANGE = '24h';
const READERS_PER_PROCESS = 5;
/** After a failure of its cache a process computes for itself for a second, and what it began goes on for a while. */
const FAILURE_LASTS_MS = 3_000;
const LOOK_AGAIN_MS = 250;
/** A process goes by its own copy for a second; a crowded machine takes its time. */
const EXPIRED_MS = 60_000;

/** What one expiry of the cached sections led to. */
export interface Expiry {
  /** Over both processes, by section. */
  readonly computations: readonly number[];
  /** Times of computation that the answers after it had, by section. */
  readonly generations: readonly number[];
}

/** Over both processes since they started. */
interface Counts {
  /** By section that is made to expire. */
  readonly computed: readonly number[];
  readonly computedLasting: number;
  readonly failures: number;
}

/** What is equal when every computation was shown. */
export interface Totals {
  readonly computed: readonly number[];
  readonly shown: readonly number[];
}

interface Summary {
  readonly meta: { readonly sections: Readonly<Partial<Record<Section, { readonly generated_at: Generation }>>> };
}

/** Lets sections of the dashboard expire while both processes are asked for them, and counts what is computed. */
export class CacheExpiries {
  /** Expiries while no process had trouble with its cache. */
  readonly clean: Expiry[] = [];
  /** How many more there were. */
  disturbed = 0;
  private disturbedAt = -Infinity;
  private failuresSeen = 0;
  private latest: readonly Generation[] = [];
  private atBegin: Counts = { computed: [], computedLasting: 0, failures: 0 };
  /** When the section that expires by its own time was computed. */
  private readonly lasting = new Set<string>();

  constructor(private readonly fleet: Fleet) {}

  /** From here on everything is cached, and is counted: a process that has just started may find its cache too slow. */
  async begin(): Promise<void> {
    await until(
      async () => {
        this.atBegin = await this.counts();
        for (const app of this.fleet.apis) this.latest = await generations(app, EXPIRING);
        this.lasting.clear();
        await this.look();
        return JSON.stringify(this.atBegin) === JSON.stringify(await this.counts());
      },
      EXPIRED_MS,
      () => 'The cache does not come to rest.',
    );
  }

  /** One expiry: Redis drops the entries, as it does when their time is over, and ten ask at once until all is new. */
  async expire(): Promise<void> {
    if (!(await this.isCalm()) || !(await this.isAgreed())) return sleep(LOOK_AGAIN_MS);
    const before = await this.counts();
    const old = this.latest;
    const dropped = await this.drop();
    const seen = EXPIRING.map(() => new Set<Generation>());
    await until(
      async () => (await this.askAll(seen)).every((answer) => answer.every((at, index) => at && at !== old[index])),
      EXPIRED_MS,
      () => `A section that was dropped is shown still: ${old.join(', ')}`,
    );
    const after = await this.counts();
    const isMissing = seen.some((generations) => generations.has(null));
    if (isMissing || dropped < EXPIRING.length || after.failures > before.failures) {
      this.disturbed += 1;
      return;
    }
    this.clean.push({
      computations: after.computed.map((count, index) => count - before.computed[index]!),
      generations: seen.map((generations, index) => [...generations].filter((at) => at !== old[index]).length),
    });
  }

  /** Remembers which computation each process shows of the section that nobody drops. */
  async look(): Promise<void> {
    for (const app of this.fleet.apis) {
      const [at] = await generations(app, [LASTING]);
      if (at) this.lasting.add(at);
    }
  }

  /** Seconds between one computation of the section that nobody dropped and the next. */
  get lastingSeconds(): number[] {
    const times = [...this.lasting].map((at) => Date.parse(at) / 1_000).sort((one, other) => one - other);
    return times.slice(1).map((at, index) => at - times[index]!);
  }

  /** How often a process had trouble with its cache. */
  async failures(): Promise<number> {
    return (await this.counts()).failures - this.atBegin.failures;
  }

  /** What was computed, and how many new computations the answers came from. */
  async totals(): Promise<Totals> {
    await this.look();
    const { computed, computedLasting } = await this.counts();
    return {
      computed: [
        ...computed.map((count, index) => count - this.atBegin.computed[index]!),
        computedLasting - this.atBegin.computedLasting,
      ],
      shown: [...EXPIRING.map(() => this.clean.length), this.lasting.size - 1],
    };
  }

  private async counts(): Promise<Counts> {
    const { fleet } = this;
    const computations = (section: Section): Promise<number> =>
      fleet.sum(fleet.apis, 'dashboard_section_duration_seconds_count', { section, outcome: 'completed' });
    return {
      computed: await Promise.all(EXPIRING.map(computations)),
      computedLasting: await computations(LASTING),
      failures: await fleet.sum(fleet.apis, 'cache_failures_total', {}),
    };
  }

  /** Whether both processes show the same: after trouble with the cache each may have computed for itself. */
  private async isAgreed(): Promise<boolean> {
    const shown = await Promise.all(this.fleet.apis.map((app) => generations(app, EXPIRING)));
    this.latest = shown[0]!;
    return shown.every((each) => JSON.stringify(each) === JSON.stringify(shown[0]) && !each.includes(null));
  }

  private async isCalm(): Promise<boolean> {
    const { failures } = await this.counts();
    if (failures > this.failuresSeen) this.disturbedAt = performance.now();
    this.failuresSeen = failures;
    return performance.now() - this.disturbedAt > FAILURE_LASTS_MS;
  }

  /** What each of several answers of each process was computed at, by section. */
  private async askAll(seen: readonly Set<Generation>[]): Promise<Generation[][]> {
    const asking = this.fleet.apis.flatMap((app) =>
      Array.from({ length: READERS_PER_PROCESS }, () => generations(app, EXPIRING)),
    );
    const answers = await Promise.all(asking);
    for (const answer of answers) answer.forEach((at, index) => seen[index]?.add(at));
    this.latest = answers.at(-1)!;
    return answers;
  }

  private async drop(): Promise<number> {
    return this.fleet.onRedis(async (client) => {
      const keys = await Promise.all(
        EXPIRING.map((section) => client.keys(`*:${askedSection(section, { range: RANGE }).key}`)),
      );
      return keys.flat().length && (await client.del(keys.flat()));
    });
  }
}

/** When the sections were computed that a process answers with. */
async function generations(app: StartedApp, sections: readonly Section[]): Promise<Generation[]> {
  const path = `${API}/dashboard/summary?range=${RANGE}&sections=${sections.join(',')}`;
  const { status, body, text } = await app.request(path, { role: 'admin' });
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
  return sections.map((section) => (body as Summary).meta.sections[section]?.generated_at ?? null);
}
