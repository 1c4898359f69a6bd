import type { Clock } from '../../platform/clock/index.js';
import type { Logger } from '../../platform/logging/index.js';
import { BackgroundLoop } from '../../platform/background/index.js';
import type { RequestWindow } from '../domain/request-window.js';
import { TargetHistory } from '../domain/target-history.js';
import { LastAttempt } from '../last-attempt.js';
import { whatWentWrong } from '../upstream-error.js';
import type { Target } from './target.js';

/** As Prometheus: nobody waits longer for a scrape. */
const LONGEST_SCRAPE_MS = 10_000;

export interface ScraperTools {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
}

/** Reads one target in the background. A target that hangs holds up nobody but itself. */
export class TargetScraper {
  readonly attempt: LastAttempt;
  private readonly history = new TargetHistory();
  private readonly loop: BackgroundLoop;
  private readonly logger: Logger;
  private wasWell = true;

  constructor(
    private readonly target: Target,
    private readonly tools: ScraperTools,
  ) {
    this.attempt = new LastAttempt(target.name, tools.intervalMs);
    this.logger = tools.logger.child('prometheus');
    this.loop = new BackgroundLoop(tools.intervalMs, (signal) => this.scrape(signal));
    if (target.beganAt) this.history.add(target.beganAt.getTime(), { groups: new Map() });
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  window(from: number, to: number): RequestWindow | undefined {
    return this.history.window(from, to);
  }

  private async scrape(stopped: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(Math.min(LONGEST_SCRAPE_MS, this.tools.intervalMs));
    try {
      const counters = await this.target.scrape(AbortSignal.any([stopped, timeout]));
      const at = this.tools.clock.now().getTime();
      this.history.add(at, counters);
      this.attempt.succeeded(at);
      this.wasWell = true;
    } catch (error) {
      if (!stopped.aborted) this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.history.addFailure(this.tools.clock.now().getTime());
    this.attempt.failed(error);
    // Once per outage, not once per interval.
    if (this.wasWell) this.logger.warn(`${this.target.name} ${whatWentWrong(error)}.`);
    this.wasWell = false;
  }
}
