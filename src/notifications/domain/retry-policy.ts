import type { Severity } from './channel.js';

/** The first included. Five repeats outlast a provider's restart; then another channel does more than a sixth. */
export const MAX_ATTEMPTS = 6;

/** Doubles with each attempt: critical ones give up after at most 15.5 s, so that a fallback still leaves within 30 s. */
const FIRST_PAUSE_MS: Readonly<Record<Severity, number>> = { critical: 500, warning: 2_000, info: 2_000 };

/** A provider that wants to be left alone for longer is as good as down. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/**
 * An attempt whose end is not known may have arrived, and cost the whole time a provider has: three of 8 s leave a
 * fallback its time within 30 s, and nobody gets the same message six times.
 */
const MAX_UNKNOWN_ATTEMPTS = 3;

export interface FailedAttempt {
  readonly severity: Severity;
  /** 1 for the first. */
  readonly attempt: number;
  /** What the provider asked for. */
  readonly afterMs?: number;
  /** Its end is not known. */
  readonly mayHaveArrived?: boolean;
}

/** How long to wait for the next attempt; `undefined`: there is none. @param random from 0 to 1 */
export function pauseAfter(failed: FailedAttempt, random: number): number | undefined {
  const { severity, attempt, afterMs = 0, mayHaveArrived = false } = failed;
  if (attempt >= (mayHaveArrived ? MAX_UNKNOWN_ATTEMPTS : MAX_ATTEMPTS) || afterMs > LONGEST_RETRY_AFTER_MS)
    return undefined;
  const pauseMs = FIRST_PAUSE_MS[severity] * 2 ** (attempt - 1);
  // Half of it is jitter: what failed together does not come back together. A provider's own wish is a minimum.
  return Math.max(afterMs, Math.round(pauseMs * (0.5 + random / 2)));
}
