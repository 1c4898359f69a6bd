import type { Clock } from '../../platform/clock/index.js';
import type { Logger } from '../../platform/logging/index.js';
import { BackgroundLoop } from '../../platform/background/index.js';
import type { RequestWindow } from '../domain/request-window.js';
import { LastAttempt } from '../last-attempt.js';
import { LIVE_WINDOW_MS, type PlaceState, type RequestSource, type SourceAnswer } from '../request-source.js';
import { UpstreamError, whatWentWrong } from '../upstream-error.js';
import { inWindow, type Expressions } from './expressions.js';
import type { PrometheusClient, Series } from './prometheus-client.js';
import { groupsOf } from './series-groups.js';

const WINDOW_SECONDS = LIVE_WINDOW_MS / 1_000;
/** A subquery looks at series at these steps; Prometheus is rarely told to scrape more often. */
const LOOK_SECONDS = 15;
/** Prometheus does not say how often it scrapes; hardly anybody has it do so less often than once a minute. */
const SLOWEST_SCRAPE_MS = 60_000;

export interface ServerTools {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly expressions: Expressions;
}

interface Latest {
  readonly window: RequestWindow;
  readonly newestSampleAt: number;
}

/** The latest requests as a Prometheus server knows them. Asks it in the background and answers from memory. */
export class ServerSource implements RequestSource {
  private readonly attempt: LastAttempt;
  private readonly loop: BackgroundLoop;
  private readonly logger: Logger;
  private latest?: Latest;
  private wasWell = true;

  constructor(
    private readonly client: PrometheusClient,
    private readonly tools: ServerTools,
  ) {
    this.attempt = new LastAttempt(client.name, tools.intervalMs);
    this.logger = tools.logger.child('prometheus');
    this.loop = new BackgroundLoop(tools.intervalMs, (signal) => this.refresh(signal));
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  answer(now: Date): SourceAnswer {
    const at = now.getTime();
    const { latest } = this;
    const sampleAge = latest ? at - latest.newestSampleAt : 0;
    return {
      window: latest?.window,
      answers: latest !== undefined && this.attempt.answers(at),
      stale: this.attempt.isStale(at) || sampleAge > 2 * Math.max(this.tools.intervalMs, SLOWEST_SCRAPE_MS),
    };
  }

  places(now: Date): readonly PlaceState[] {
    return [this.attempt.state(now.getTime())];
  }

  private async refresh(stopped: AbortSignal): Promise<void> {
    try {
      const now = this.tools.clock.now();
      const latest = await this.client.attempt(() => this.read(now, stopped), stopped);
      // Not a failure of the server: it is asked again as soon as ever.
      if (!latest) throw new UpstreamError('has no series of requests');
      this.latest = latest;
      this.attempt.succeeded(now.getTime());
      this.wasWell = true;
    } catch (error) {
      if (!stopped.aborted) this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.attempt.failed(error);
    if (this.wasWell) this.logger.warn(`${this.client.name} ${whatWentWrong(error)}.`);
    this.wasWell = false;
  }

  /** Undefined while it has no series of requests. */
  private async read(now: Date, stopped: AbortSignal): Promise<Latest | undefined> {
    const { buckets, sum, samples, up } = this.tools.expressions;
    const looked = `((${samples})[${WINDOW_SECONDS}s:${LOOK_SECONDS}s])`;
    const ask = (expression: string): Promise<Series[]> =>
      this.client.instant(inWindow(expression, WINDOW_SECONDS), now, stopped);
    const [first, last, ups, counted, sums] = await Promise.all([
      ask(`min(min_over_time${looked})`),
      ask(`max(max_over_time${looked})`),
      ask(`avg(${up})`),
      ask(buckets),
      ask(sum),
    ]);
    const [oldestAt, newestAt] = [first, last].map((series) => onlyValue(series));
    if (oldestAt === undefined || newestAt === undefined) return undefined;
    const observed = { from: observedFrom(oldestAt * 1_000, now), to: now };
    return { window: windowOf(observed, groupsOf(counted, sums), onlyValue(ups)), newestSampleAt: newestAt * 1_000 };
  }
}

/** Series that were there when the window began speak for all of it. */
function observedFrom(oldestSampleMs: number, now: Date): Date {
  const windowFrom = now.getTime() - LIVE_WINDOW_MS;
  return new Date(oldestSampleMs <= windowFrom + 2_000 * LOOK_SECONDS ? windowFrom : oldestSampleMs);
}

function windowOf(
  { from, to }: { from: Date; to: Date },
  groups: ReturnType<typeof groupsOf>,
  up: number | undefined,
): RequestWindow {
  const countedSeconds = (to.getTime() - from.getTime()) / 1_000;
  return {
    from,
    to,
    countedSeconds,
    groups: groups.map((group) => ({ ...group, perSecond: group.count / countedSeconds })),
    up: { share: up ?? null, coverage: (countedSeconds * 1_000) / LIVE_WINDOW_MS },
  };
}

function onlyValue([series]: readonly Series[]): number | undefined {
  const [value] = series?.values.values() ?? [];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
