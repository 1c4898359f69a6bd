import { Logger } from '@nestjs/common';
import { within } from './within.js';

/** What an answer may lose to a helper that is stuck. */
const OPERATION_TIMEOUT_MS = 75;
/** After a failure the helper is left alone for a while: only one answer in this time pays for trying. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
const QUIET_MS = 30_000;

/** Uses a helper that answers can do without: its failures, and waiting for it, end here. */
export class FailOpen {
  private readonly log: Logger;
  private pausedUntil = 0;
  private quietUntil = 0;

  /**
   * @param helper what it is, as it shows in the log
   * @param meanwhile what happens while it is away, as a clause
   * @param onFailure hears of every attempt that failed or took too long
   */
  constructor(
    helper: string,
    private readonly meanwhile: string,
    private readonly onFailure: (what: string) => void = () => undefined,
  ) {
    this.log = new Logger(helper);
  }

  /** What `work` gave; `undefined` when it failed, took too long, or was not tried because it just did. */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.pausedUntil) return undefined;
    try {
      return await within(OPERATION_TIMEOUT_MS, `To ${what}`, work());
    } catch (error) {
      this.onFailure(what);
      this.pause(what, error);
      return undefined;
    }
  }

  private pause(what: string, error: unknown): void {
    const now = performance.now();
    this.pausedUntil = now + PAUSE_AFTER_FAILURE_MS;
    if (now < this.quietUntil) return;
    this.quietUntil = now + QUIET_MS;
    this.log.warn(`Could not ${what}; until it is back ${this.meanwhile}: ${String(error)}`);
  }
}
