import { hostname } from 'node:os';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BackgroundLoop } from '../background/index.js';
import { SystemClock } from '../clock/index.js';
import { Logger } from '../logging/index.js';

const EVERY_MS = 5_000;
/** A slower answer says too little: the database may have read its clock at any time in between. */
const MAX_ROUND_TRIP_MS = 500;
/** Smaller differences may be the measurement's own, and change nothing. */
const MIN_SKEW_MS = 1_000;

/** The clock of this process as compared with the database's. */
export interface ClockSkew {
  /** Positive: ahead. */
  readonly skewMs: number;
  /** `<host>:<pid>` */
  readonly process: string;
}

/**
 * Makes this process tell the time of the database, which is the one clock that all processes share: with one that is
 * ahead, ticks would be evaluated that are not due, and retention would drop what is not old.
 */
@Injectable()
export class ClockSync implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop = new BackgroundLoop(EVERY_MS, () => this.look());
  private readonly listeners: ((skew: ClockSkew) => Promise<void>)[] = [];
  private skew: ClockSkew | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: SystemClock,
    private readonly log: Logger,
  ) {}

  /** Before anything is scheduled. */
  async onModuleInit(): Promise<void> {
    await this.look();
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Called every few seconds, never overlapping, while the clock of this process differs. It must not reject. */
  onSkew(listener: (skew: ClockSkew) => Promise<void>): void {
    this.listeners.push(listener);
  }

  private async look(): Promise<void> {
    try {
      await this.measure();
    } catch (error) {
      // Health and logs tell of a database that is away; the time goes on by the last measurement.
      this.log.debug('Failed to read the clock of the database.', { err: error });
    }
    if (this.skew) for (const listener of this.listeners) await listener(this.skew);
  }

  private async measure(): Promise<void> {
    const askedAt = performance.now();
    const [row]: [{ ms: number }] = await this.dataSource.query(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    const answeredAt = performance.now();
    if (answeredAt - askedAt > MAX_ROUND_TRIP_MS) return;
    const own = Date.now();
    const at = row.ms + (answeredAt - askedAt) / 2;
    const skewMs = own - at;
    const isSkewed = Math.abs(skewMs) > MIN_SKEW_MS;
    this.clock.follow({ at: isSkewed ? at : own, monotonicMs: answeredAt });
    this.report(isSkewed ? { skewMs, process: `${hostname()}:${process.pid}` } : undefined);
  }

  private report(skew: ClockSkew | undefined): void {
    if (skew && !this.skew) {
      const seconds = Math.round(Math.abs(skew.skewMs) / 1_000);
      this.log.warn(
        `The clock of this process is ${seconds} s ${skew.skewMs > 0 ? 'ahead of' : 'behind'} the database's; ` +
          "the database's is used. Set the clock of this machine.",
      );
    }
    if (!skew && this.skew) this.log.info("The clock of this process agrees with the database's again.");
    this.skew = skew;
  }
}
