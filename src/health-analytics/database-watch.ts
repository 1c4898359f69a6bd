import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../platform/background/index.js';
import { AppConfig } from '../platform/config/index.js';
import { LatestAnswers } from '../platform/deadline/index.js';
import { Logger } from '../platform/logging/index.js';
import { TransactionRate } from './domain/transaction-rate.js';
import {
  DatabaseStatisticsRepository,
  type DatabaseActivity,
  type DatabaseSizes,
  type StatementStatistics,
} from './store/database-statistics.repository.js';

/** What is known of the database, new where it could be had in time, else as it was known last. */
export interface DatabaseView {
  readonly activity?: DatabaseActivity;
  readonly transactionsPerSecond: number | null;
  readonly sizes?: DatabaseSizes;
  readonly statements?: readonly StatementStatistics[];
  readonly stale: boolean;
}

/** An answer below half a second leaves so much to the statistics. */
const PATIENCE_MS = 300;
/** To look at the size of every table costs more than all of the rest. */
const SIZES_HOLD_MS = 60_000;
const SAMPLE_EVERY_MS = 15_000;

/** Looks at the database's own statistics, on demand, and in the background for what is a rate. */
@Injectable()
export class DatabaseWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rate = new TransactionRate();
  private readonly activities = new LatestAnswers<DatabaseActivity>({ patienceMs: PATIENCE_MS, maxEntries: 1 });
  private readonly costly = new LatestAnswers<CostlyView>({ patienceMs: PATIENCE_MS, maxEntries: 1 });
  private readonly loop: BackgroundLoop;
  private readonly logger: Logger;
  private latestCostly?: { readonly at: number; readonly view: CostlyView };

  constructor(
    private readonly repository: DatabaseStatisticsRepository,
    private readonly config: AppConfig,
    logger: Logger,
  ) {
    this.logger = logger.child('health');
    this.loop = new BackgroundLoop(SAMPLE_EVERY_MS, async () => {
      await this.sample().catch((err: unknown) => this.logger.debug('The database was not sampled.', { err }));
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.role !== 'worker') this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  async look(): Promise<DatabaseView> {
    const at = new Date();
    const [activity, costly] = await Promise.all([
      this.activities.get('activity', at, () => this.told('activity', this.sample())),
      this.costly.get('costly', at, () => this.told('sizes', this.costlyView())),
    ]);
    return {
      activity: activity?.value,
      transactionsPerSecond: this.rate.perSecond(),
      ...costly?.value,
      stale: activity?.fresh !== true || costly?.fresh !== true,
    };
  }

  private async sample(): Promise<DatabaseActivity> {
    const activity = await this.repository.activity();
    this.rate.add(performance.now(), activity.transactions);
    return activity;
  }

  private async costlyView(): Promise<CostlyView> {
    const { latestCostly } = this;
    if (latestCostly && performance.now() - latestCostly.at < SIZES_HOLD_MS) return { ...latestCostly.view };
    const [sizes, statements] = await Promise.all([this.repository.sizes(), this.repository.statements()]);
    this.latestCostly = { at: performance.now(), view: { sizes, ...(statements && { statements }) } };
    return this.latestCostly.view;
  }

  private async told<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (err) {
      this.logger.warn(`The ${what} of the database cannot be read.`, { err });
      throw err;
    }
  }
}

interface CostlyView {
  readonly sizes: DatabaseSizes;
  readonly statements?: readonly StatementStatistics[];
}
