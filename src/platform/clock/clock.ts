/** Where the time comes from. Injected, so that a test can say what time it is. */
export abstract class Clock {
  abstract now(): Date;
}

/**
 * An instant that is later than now by more than this is in the future: no clock that agrees with the database's, within
 * what two processes may differ and a measurement may be wrong by, can have read it.
 */
export const CLOCK_TOLERANCE_MS = 2_000;

/** An instant, and what `performance.now()` read at that moment. */
export interface ClockReading {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly monotonicMs: number;
}

/**
 * The clock of this machine, until it is told of another one to follow. From then on it runs on by the time that passes,
 * so that a step of the machine's clock does not step it.
 */
export class SystemClock extends Clock {
  private reference: ClockReading | undefined;

  now(): Date {
    if (!this.reference) return new Date();
    const { at, monotonicMs } = this.reference;
    return new Date(at + performance.now() - monotonicMs);
  }

  follow(reading: ClockReading): void {
    this.reference = reading;
  }
}

export function isInFuture(instant: Date, now: Date): boolean {
  return instant.getTime() > now.getTime() + CLOCK_TOLERANCE_MS;
}
