import type { Severity } from './channel.js';

/** From the first attempt. */
export const RETRY_FOR_MS = 4 * 3_600_000;
/** A provider cannot put a notice off for longer, whatever its `Retry-After` says. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

const FIRST_PAUSE_MS = 1_000;
/** With the jitter the longest pause is 5 minutes. */
const LONGEST_PAUSE_MS = 4 * 60_000;
/** Added to each pause, so that what failed together does not come back together. */
const MAX_JITTER = 0.25;
const GROWTH = 1.5;
/** A message that may have arrived is repeated less often: each repeat may be one that people get. */
const GROWTH_OF_UNKNOWN = 3;

/** How long a delivery may be pending, from its first attempt, before its fallback goes out beside it. */
export const FALLBACK_AFTER_MS: Readonly<Record<Severity, number>> = {
  critical: 20_000,
  warning: 5 * 60_000,
  info: 5 * 60_000,
};

/** Of planning a fallback that failed. */
const LONGEST_FALLBACK_PAUSE_MS = 5 * 60_000;
const SHORTEST_FALLBACK_PAUSE_MS = 1_000;

export interface FailedAttempt {
  /** 1 for the first. */
  readonly attempt: number;
  readonly firstAttemptAt: Date;
  /** What the provider asked for. */
  readonly retryAfterMs?: number;
  /** The end of this attempt is not known. */
  readonly mayHaveArrived?: boolean;
}

/** When the next attempt is due; `undefined`: none is left within the time for retries. @param random from 0 to 1 */
export function nextAttemptAt(failed: FailedAttempt, now: Date, random: number): Date | undefined {
  const growth = failed.mayHaveArrived === true ? GROWTH_OF_UNKNOWN : GROWTH;
  const pauseMs = Math.min(FIRST_PAUSE_MS * growth ** (failed.attempt - 1), LONGEST_PAUSE_MS);
  const wantedMs = Math.min(failed.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  const at = now.getTime() + Math.max(Math.round(pauseMs * (1 + random * MAX_JITTER)), wantedMs);
  return at > failed.firstAttemptAt.getTime() + RETRY_FOR_MS ? undefined : new Date(at);
}

/** Milliseconds that a `Retry-After` asks for, from 0 to {@link MAX_RETRY_AFTER_MS}: seconds, or a date. */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** When to plan a fallback again after planning it failed: the time since the first attempt doubles, up to a pause of 5 min. */
export function nextFallbackAt(firstAttemptAt: Date, now: Date): Date {
  const sinceFirstMs = now.getTime() - firstAttemptAt.getTime();
  const pauseMs = Math.min(Math.max(sinceFirstMs, SHORTEST_FALLBACK_PAUSE_MS), LONGEST_FALLBACK_PAUSE_MS);
  return new Date(now.getTime() + pauseMs);
}
