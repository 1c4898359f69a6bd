import { formatDuration } from '../../../platform/cli/index.js';

export interface RetryLimits {
  firstDelayMs: number;
  maxDelayMs: number;
  /** Without any answer since the start: most likely the address is wrong or nobody started the service. */
  giveUpBeforeFirstAnswerMs: number;
  /** Since the last batch that was taken: longer than a restart, a failover or a database recovery lasts. */
  giveUpAfterMs: number;
}

export const RETRY_LIMITS: RetryLimits = {
  firstDelayMs: 200,
  maxDelayMs: 15_000,
  giveUpBeforeFirstAnswerMs: 60_000,
  giveUpAfterMs: 10 * 60_000,
};

/** A Retry-After beyond this is not waited for in one piece. */
const MAX_RETRY_AFTER_MS = 120_000;

/**
 * How long to wait before the next try: exponential with jitter, so that several connections do not come back in step;
 * never less than the service asked for.
 */
export function retryDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  limits: RetryLimits,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(limits.maxDelayMs, limits.firstDelayMs * 2 ** Math.min(attempt, 20));
  const backOffMs = ceiling * (0.5 + random() / 2);
  if (retryAfterMs === undefined) return backOffMs;
  const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  return asked + Math.min(backOffMs, limits.firstDelayMs) * random();
}

/** Milliseconds of a Retry-After header, which is seconds or an HTTP date. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** Knows since when nothing has been taken, tells the reader once per outage, and when enough is enough. */
export class Patience {
  private answered = false;
  private lastTakenMs: number;
  private outageSinceMs: number | undefined;

  constructor(
    private readonly limits: RetryLimits,
    private readonly tell: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.lastTakenMs = now();
  }

  taken(): void {
    const nowMs = this.now();
    if (this.outageSinceMs !== undefined)
      this.tell(`Going on after ${formatDuration((nowMs - this.outageSinceMs) / 1000)}.`);
    this.answered = true;
    this.outageSinceMs = undefined;
    this.lastTakenMs = nowMs;
  }

  /** The service is there but busy: normal while it is loaded, so nothing is said. */
  busy(): void {
    this.answered = true;
  }

  failed(reason: string): void {
    if (this.outageSinceMs !== undefined) return;
    this.outageSinceMs = this.now();
    this.tell(`${reason} Trying again for ${formatDuration(this.limitMs() / 1000)}.`);
  }

  exhausted(): boolean {
    return this.now() - this.lastTakenMs >= this.limitMs();
  }

  private limitMs(): number {
    return this.answered ? this.limits.giveUpAfterMs : this.limits.giveUpBeforeFirstAnswerMs;
  }
}
