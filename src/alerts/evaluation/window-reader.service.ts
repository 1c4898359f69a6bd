import { Injectable } from '@nestjs/common';
import { Catalogue, MetricReader, type MetricRead } from '../../metrics/index.js';
import { within } from '../../platform/deadline/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { historyCuts, historyWindows } from '../domain/history-windows.js';
import { earlierRead, type WindowRead } from './window-plan.js';
import { WindowRows } from './window-rows.js';

export interface ReadOutcome {
  /** Where events are missing also those of the window that ended a tick before, see `earlierPlan`. */
  readonly answers: ReadonlyMap<string, WindowRows>;
  /** Why, by key of a read that failed. */
  readonly failures: ReadonlyMap<string, string>;
}

export interface ReadTick {
  /** Epoch milliseconds. */
  readonly at: number;
  /** For one read; what takes longer is given up. */
  readonly deadlineMs: number;
  /** Until the next tick. */
  readonly intervalMs: number;
  /** For all of them, where windows are read again as they were a tick before. */
  readonly totalMs: number;
}

interface Begin {
  readonly at: number;
  readonly deadlineMs: number;
  readonly rawShare: number;
}

/** Reads at once: some connections of the pool are left for requests. */
const LANES = 6;
const HOUR_MS = 3_600_000;
/** Of its deadline, after which a read begins no further statement over raw events and answers with what it has. */
const RAW_SHARE = 0.4;
/** The same of the time that is left for the window that ended a tick before. */
const EARLIER_RAW_SHARE = 0.7;

interface KeptHistory {
  readonly hour: number;
  readonly rows: WindowRows;
}

interface RunningRead {
  readonly at: number;
  readonly rows: Promise<WindowRows>;
}

/**
 * Runs the reads of a tick beside each other, each under its own deadline: one that is slow or fails costs its own rules
 * their value, and nobody else. A read that is still running from an earlier tick is not begun again; whoever evaluates the same tick shares it.
 */
@Injectable()
export class WindowReader {
  private readonly running = new Map<string, RunningRead>();
  /** Took too long or failed the last time: these go last, so that the others never wait for them. */
  private readonly suspects = new Set<string>();
  /** What was usual at an hour changes once an hour. */
  private readonly histories = new Map<string, KeptHistory>();

  constructor(
    private readonly reader: MetricReader,
    private readonly catalogue: Catalogue,
    private readonly config: AppConfig,
  ) {}

  /**
   * A window of which events are missing is read once more as it was a tick before, after all others and in the time that
   * they left.
   */
  async readAll(reads: readonly WindowRead[], tick: ReadTick): Promise<ReadOutcome> {
    const endsAt = performance.now() + tick.totalMs;
    const first = await this.readBeside(reads, () => ({ ...tick, rawShare: RAW_SHARE }));
    const lacking = reads.filter(({ key, history }) => !history && first.answers.get(key)?.partial);
    const again = await this.readBeside(
      lacking.map((read) => earlierRead(read, tick.intervalMs)),
      () => ({
        at: tick.at,
        deadlineMs: Math.max(1, Math.min(tick.deadlineMs, endsAt - performance.now())),
        rawShare: EARLIER_RAW_SHARE,
      }),
    );
    this.forgetUnread(reads);
    return {
      answers: new Map([...first.answers, ...again.answers]),
      failures: new Map([...first.failures, ...again.failures]),
    };
  }

  private async readBeside(reads: readonly WindowRead[], begin: () => Begin): Promise<ReadOutcome> {
    const answers = new Map<string, WindowRows>();
    const failures = new Map<string, string>();
    const waiting = [...reads].sort((left, right) => this.rank(left) - this.rank(right));
    const lane = async (): Promise<void> => {
      for (let read = waiting.shift(); read; read = waiting.shift()) {
        try {
          answers.set(read.key, await this.readOne(read, begin()));
          this.suspects.delete(read.key);
        } catch (error) {
          failures.set(read.key, error instanceof Error ? error.message : String(error));
          this.suspects.add(read.key);
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { answers, failures };
  }

  private rank({ key }: WindowRead): number {
    return this.suspects.has(key) ? 1 : 0;
  }

  private async readOne(read: WindowRead, { at, deadlineMs, rawShare }: Begin): Promise<WindowRows> {
    const hour = Math.round((at - read.offsetMs) / HOUR_MS);
    const kept = this.histories.get(read.key);
    if (kept?.hour === hour) return kept.rows;
    const running = this.running.get(read.key);
    if (running && running.at !== at) throw new Error(`Reading ${read.metric} has not ended since an earlier tick.`);
    const reading = running?.rows ?? this.begin(read, { at, deadlineMs, rawShare });
    const rows = await within(deadlineMs, `Reading ${read.metric}`, reading);
    if (read.history && !rows.partial) this.histories.set(read.key, { hour, rows });
    return rows;
  }

  private begin(read: WindowRead, tick: Begin): Promise<WindowRows> {
    const rows = this.read(read, tick).finally(() => this.running.delete(read.key));
    this.running.set(read.key, { at: tick.at, rows });
    return rows;
  }

  private async read(read: WindowRead, { at, deadlineMs, rawShare }: Begin): Promise<WindowRows> {
    const answer = await this.reader.read({
      metrics: [read.metric],
      filters: read.filters,
      groupBy: read.groupBy,
      withFacts: true,
      live: { until: performance.now() + deadlineMs * rawShare },
      ...(read.history ? pastRange(read, at, this.config.business.storeTimeZone) : windowRange(read, at)),
    });
    return WindowRows.of(answer, read.metric, this.catalogue.describe(this.catalogue.metric(read.metric)));
  }

  private forgetUnread(reads: readonly WindowRead[]): void {
    const keys = new Set(reads.map(({ key }) => key));
    for (const key of this.histories.keys()) if (!keys.has(key)) this.histories.delete(key);
    for (const key of this.suspects) if (!keys.has(key)) this.suspects.delete(key);
  }
}

function windowRange({ windowMs, offsetMs }: WindowRead, at: number): Pick<MetricRead, 'range'> {
  const to = at - offsetMs;
  return { range: { from: new Date(to - windowMs), to: new Date(to) } };
}

function pastRange(
  { windowMs, offsetMs }: WindowRead,
  at: number,
  zone: string,
): Pick<MetricRead, 'range' | 'buckets'> {
  const cuts = historyCuts(historyWindows(at - offsetMs, windowMs, zone));
  const buckets = cuts.map(({ from, to }) => ({ start: new Date(from), end: new Date(to), partial: false }));
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) throw new Error('There is no history to read.');
  return { range: { from: first.start, to: last.end }, buckets };
}
