import { createClient } from '@redis/client';
import { askedSection } from '../../src/dashboard/kept-section.js';
import { API, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import type { Fleet } from './fleet.js';

/** Those whose cached answer ends with its time alone; alerts are dropped by every change of one. */
const SECTIONS = ['health', 'ml', 'business'] as const;
type Section = (typeof SECTIONS)[number];
/** When a section was computed; null: it is missing. */
type Generation = string | null;
const EXPIRING = '24h';
const LASTING = '7d';
const READERS_PER_PROCESS = 5;
/** After a failure of its cache a process computes for itself for a second. */
const FAILURE_LASTS_MS = 1_500;
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
  /** By section. */
  readonly computed: readonly number[];
  readonly failures: number;
}

interface Summary {
  readonly meta: { readonly sections: Readonly<Record<Section, { readonly generated_at: Generation }>> };
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
  private atBegin: Counts = { computed: [], failures: 0 };
  /** Of the range whose sections expire by their own time: when they were computed. */
  private readonly lasting = new Map<Section, Set<string>>(SECTIONS.map((section) => [section, new Set()]));

  constructor(private readonly fleet: Fleet) {}

  /** From here on everything is cached, and is counted: a process that has just started may find its cache too slow. */
  async begin(): Promise<void> {
    await until(
      async () => {
        this.atBegin = await this.counts();
        for (const app of this.fleet.apis) this.latest = generationsOf(await summary(app, EXPIRING));
        for (const generations of this.lasting.values()) generations.clear();
        await this.look();
        return JSON.stringify(this.atBegin) === JSON.stringify(await this.counts());
      },
      EXPIRED_MS,
      () => 'The cache does not come to rest.',
    );
  }

  /** One expiry: Redis drops the entries, as it does when their time is over, and ten ask at once until all is new. */
  async expire(): Promise<void> {
    const before = await this.counts();
    const old = this.latest;
    const dropped = await this.drop();
    const seen = SECTIONS.map(() => new Set<Generation>());
    await until(
      async () => (await this.askAll(seen)).every((answer) => answer.every((at, index) => at && at !== old[index])),
      EXPIRED_MS,
      () => `A section that was dropped is shown still: ${old.join(', ')}`,
    );
    const after = await this.counts();
    const isMissing = seen.some((generations) => generations.has(null));
    if (isMissing || after.failures > this.failuresSeen) this.disturbedAt = performance.now();
    this.failuresSeen = after.failures;
    if (dropped < SECTIONS.length || performance.now() - this.disturbedAt < FAILURE_LASTS_MS) {
      this.disturbed += 1;
      return;
    }
    this.clean.push({
      computations: after.computed.map((count, index) => count - before.computed[index]!),
      generations: seen.map((generations, index) => [...generations].filter((at) => at !== old[index]).length),
    });
  }

  /** Remembers which computation each process shows of the sections that nobody drops. */
  async look(): Promise<void> {
    for (const app of this.fleet.apis) {
      const { meta } = await summary(app, LASTING);
      for (const section of SECTIONS) {
        const at = meta.sections[section].generated_at;
        if (at) this.lasting.get(section)?.add(at);
      }
    }
  }

  /** Seconds between one computation of a section that nobody dropped and the next. */
  get lastingSeconds(): number[] {
    return [...this.lasting.values()].flatMap((generations) => {
      const times = [...generations].map((at) => Date.parse(at) / 1_000).sort((one, other) => one - other);
      return times.slice(1).map((at, index) => at - times[index]!);
    });
  }

  /** How often a process had trouble with its cache. */
  async failures(): Promise<number> {
    return (await this.counts()).failures - this.atBegin.failures;
  }

  /** By section: what was computed, and how many new computations the answers came from. */
  async totals(): Promise<{ readonly computed: readonly number[]; readonly shown: readonly number[] }> {
    let before: readonly number[];
    let after = (await this.counts()).computed;
    do {
      before = after;
      await this.look();
      after = (await this.counts()).computed;
    } while (String(before) !== String(after));
    const computed = after.map((count, index) => count - this.atBegin.computed[index]!);
    const shown = SECTIONS.map((section) => this.clean.length + this.lasting.get(section)!.size - 1);
    return { computed, shown };
  }

  private async counts(): Promise<Counts> {
    const { fleet } = this;
    const series = 'dashboard_section_duration_seconds_count';
    const [failures = 0, ...computed] = await Promise.all([
      fleet.sum(fleet.apis, 'cache_failures_total', {}),
      ...SECTIONS.map((section) => fleet.sum(fleet.apis, series, { section, outcome: 'completed' })),
    ]);
    return { computed, failures };
  }

  /** What each of several answers of each process was computed at, by section. */
  private async askAll(seen: readonly Set<Generation>[]): Promise<Generation[][]> {
    const asking = this.fleet.apis.flatMap((app) =>
      Array.from({ length: READERS_PER_PROCESS }, () => summary(app, EXPIRING)),
    );
    const answers = (await Promise.all(asking)).map(generationsOf);
    for (const answer of answers) answer.forEach((at, index) => seen[index]?.add(at));
    this.latest = answers.at(-1)!;
    return answers;
  }

  private async drop(): Promise<number> {
    const client = createClient({ url: this.fleet.redis.url });
    await client.connect();
    try {
      const keys = await Promise.all(
        SECTIONS.map((section) => client.keys(`*:${askedSection(section, { range: EXPIRING }).key}`)),
      );
      return keys.flat().length && (await client.del(keys.flat()));
    } finally {
      await client.disconnect();
    }
  }
}

function generationsOf({ meta }: Summary): Generation[] {
  return SECTIONS.map((section) => meta.sections[section].generated_at);
}

async function summary(app: StartedApp, range: string): Promise<Summary> {
  const path = `${API}/dashboard/summary?range=${range}`;
  const { status, body, text } = await app.request(path, { role: 'admin' });
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
  return body as Summary;
}
