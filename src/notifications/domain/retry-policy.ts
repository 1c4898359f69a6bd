import type { Severity } from './channel.js';

/** The first included. Five repeats outlast a provider's restart; then another channel does more than a sixth. */
export const MAX_ATTEMPTS = 6;

/** Doubles with each attempt: critical ones give up after at most 15.5 s, so that a fallback still leaves within 30 s. */
const FIRST_PAUSE_MS: Readonly<Record<Severity, number>> = { critical: 500, warning: 2_000, info: 2_000 };

/** A provider that wants to be left alone for longer is as good as down. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

export interface FailedAttempt {
  readonly severity: Severity;
  /** 1 for the first. */
  readonly attempt: number;
  /** What the provider asked for. */
  readonly afterMs?: number;
}

/** How long to wait for the next attempt; `undefined`: there is none. @param random from 0 to 1 */
export function pauseAfter({ severity, attempt, afterMs = 0 }: FailedAttempt, random: number): number | undefined {
  if (attempt >= MAX_ATTEMPTS || afterMs > LONGEST_RETRY_AFTER_MS) return undefined;
  const pauseMs = FIRST_PAUSE_MS[severity] * 2 ** (attempt - 1);
  // Half of it is jitter: what failed together does not come back together. A provider's own wish is a minimum.
  return Math.max(afterMs, Math.round(pauseMs * (0.5 + random / 2)));
}
