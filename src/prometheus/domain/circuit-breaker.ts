const FAILURES_TO_OPEN = 3;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps from asking somebody who does not answer: after three failures in a row nobody asks for 2 s, then one may try,
 * and each failure of that one doubles the pause, up to 30 s. Times in ms.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = Number.NEGATIVE_INFINITY;

  /** Whether one may ask now. While the pause is over and nobody has succeeded yet, one at a time. */
  admits(now: number): boolean {
    if (this.failures < FAILURES_TO_OPEN) return true;
    if (now < this.openUntil) return false;
    this.openUntil = now + this.pauseMs();
    return true;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(now: number): void {
    this.failures++;
    if (this.failures >= FAILURES_TO_OPEN) this.openUntil = now + this.pauseMs();
  }

  private pauseMs(): number {
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, this.failures - FAILURES_TO_OPEN));
  }
}
