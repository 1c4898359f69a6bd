import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { BackgroundLoop } from '../platform/background/index.js';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import { Logger } from '../platform/logging/index.js';
import { PAUSED } from './collector.metrics.js';
import { RollupBacklogRepository, type RollupBacklog } from './store/rollup-backlog.repository.js';

const ASK_EVERY_MS = 2_000;
/** From where commits begin to be held back to where they are held back most. */
const FALL_SECONDS = 40;
/** The least share of the time that commits may take: ingest is slowed, never stopped. */
const MIN_SHARE = 0.1;
/** Half a million events are rolled up in a tenth of that. Who did nothing for so long is not there. */
const WORKER_GONE_MS = 60_000;
/** However long a commit took, its senders wait for an answer. */
const MAX_PAUSE_MS = 2_000;

/**
 * Slows ingest while it is what keeps the rollups behind: the further behind, the longer the pause after each commit.
 * Requests wait longer, the line fills, and over its bound the answer is 429 as ever.
 */
@Injectable()
export class IngestPace implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: BackgroundLoop;
  private readonly fromSeconds: number;
  private share = 1;
  private isAsked = false;

  constructor(
    private readonly backlogs: RollupBacklogRepository,
    private readonly clock: Clock,
    private readonly log: Logger,
    @InjectMetric(PAUSED) private readonly pausedSeconds: Counter,
    config: AppConfig,
  ) {
    this.fromSeconds = config.ingest.slowFromLagSeconds;
    this.loop = new BackgroundLoop(ASK_EVERY_MS, () => this.look());
  }

  onApplicationBootstrap(): void {
    if (this.fromSeconds > 0) this.loop.start();
  }

  /** What waits is written at full speed from here on. */
  async beforeApplicationShutdown(): Promise<void> {
    this.share = 1;
    await this.loop.stop();
    this.share = 1;
  }

  /** How long to leave the database to others after a commit that took `commitMs`; counted as paused. */
  pauseMs(commitMs: number): number {
    this.isAsked = true;
    const pauseMs = Math.min(MAX_PAUSE_MS, commitMs * (1 / this.share - 1));
    this.pausedSeconds.inc(pauseMs / 1_000);
    return pauseMs;
  }

  private async look(): Promise<void> {
    // A process that takes no events in has nothing to slow.
    if (!this.isAsked) return;
    this.isAsked = false;
    const now = this.clock.now();
    try {
      this.follow(shareOfTime(await this.backlogs.at(now), now, this.fromSeconds));
    } catch (error) {
      // Whatever is the matter with the database, holding events back would not mend it.
      this.log.debug('How far the rollups are behind could not be told.', { err: error });
      this.share = 1;
    }
  }

  private follow(share: number): void {
    if (share < 1 && this.share === 1) this.log.warn('The rollups are behind: ingest is slowed.', { share });
    if (share === 1 && this.share < 1) this.log.info('The rollups caught up: ingest is not slowed any more.');
    this.share = share;
  }
}

/**
 * The share of the time that commits may take, 0.1 to 1. It falls with the lag, but only with one that live ingest makes
 * while a worker is at it: with no worker, after an outage or during a backfill slowing ingest would cure nothing.
 */
export function shareOfTime(backlog: RollupBacklog, now: Date, fromSeconds: number): number {
  const { lagSeconds, lastRolledUpAt, isCatchingUp } = backlog;
  const workerIsAtIt = lastRolledUpAt !== null && now.getTime() - lastRolledUpAt.getTime() < WORKER_GONE_MS;
  if (isCatchingUp || !workerIsAtIt) return 1;
  return Math.min(1, Math.max(MIN_SHARE, 1 - ((lagSeconds - fromSeconds) / FALL_SECONDS) * (1 - MIN_SHARE)));
}
