import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { register } from 'prom-client';
import { NotificationsModule, AlertNotifier, DeliveryLog, type AlertNotice } from '../../src/notifications/index.js';
import { PreferenceRepository } from '../../src/notifications/store/preference.repository.js';
import type { Owner, Preferences } from '../../src/notifications/domain/preferences.js';
import { Clock, SystemClock } from '../../src/platform/clock/index.js';
import { ConfigModule, loadConfig } from '../../src/platform/config/index.js';
import { DatabaseModule } from '../../src/platform/database/index.js';
import { Logger, LoggingModule } from '../../src/platform/logging/index.js';
import { ForeignErrors } from '../../src/platform/http/index.js';
import { ComponentHealth, ReadinessRegistry } from '../../src/platform/probes/index.js';
import { QueuesModule } from '../../src/platform/queues/index.js';
import { RedisModule } from '../../src/platform/redis/index.js';
import { until } from '../support/app-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const SETTLED_TIMEOUT_MS = 20_000;
/** Hours of attempts, one after the other. */
const PASSED_TIMEOUT_MS = 90_000;

/** Runs as fast as time itself, from wherever a test puts it. */
export class MovableClock extends Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advanceTo(at: Date): void {
    this.aheadMs += Math.max(0, at.getTime() - this.now().getTime());
  }
}

export interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly address: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly reason: string | null;
  readonly fallback_for: string | null;
  readonly possible_duplicate: boolean;
  readonly digest: boolean;
  readonly due_at: Date;
  readonly first_attempt_at: Date | null;
  readonly fallback_at: Date | null;
  readonly held_until: Date | null;
  readonly sent_at: Date | null;
}

/** The notifications on a database of their own, with their queues and workers, without HTTP. */
export class NotificationRig {
  readonly notifier: AlertNotifier;
  readonly log: DeliveryLog;
  private readonly preferences: PreferenceRepository;

  constructor(
    readonly app: INestApplicationContext,
    readonly database: TestDatabase,
    readonly clock: MovableClock,
  ) {
    this.notifier = app.get(AlertNotifier);
    this.log = app.get(DeliveryLog);
    this.preferences = app.get(PreferenceRepository);
  }

  async save(owner: Owner, differences: Partial<Preferences>): Promise<void> {
    const preferences: Preferences = {
      email: null,
      phone: null,
      slackWebhookUrl: null,
      channels: {},
      quietHours: null,
      scope: 'all',
      enabled: true,
      ...differences,
    };
    await this.preferences.save(owner, preferences, { who: 'test', at: new Date() });
  }

  /** Plans a notice in a transaction, and wakes the delivery after it. */
  async send(...notices: readonly AlertNotice[]): Promise<void> {
    await this.plan(...notices);
    await this.notifier.wake();
  }

  /** As if the process died between the commit and the queue. */
  async plan(...notices: readonly AlertNotice[]): Promise<void> {
    await this.database.dataSource.transaction(async (tx) => {
      for (const notice of notices) await this.notifier.plan(tx, notice);
    });
  }

  async deliveries(where = 'true'): Promise<DeliveryRow[]> {
    return this.database.dataSource.query<DeliveryRow[]>(
      `SELECT * FROM notification_deliveries WHERE ${where} ORDER BY id`,
    );
  }

  /** Waits until nothing is pending any more; where a delivery waits for its time, time jumps there. */
  async settled(): Promise<DeliveryRow[]> {
    const isSettled = async (): Promise<boolean> => {
      const waiting = await this.deliveries(`status = 'pending'`);
      if (waiting.length > 0) await this.skipWaiting(waiting);
      return waiting.length === 0;
    };
    await until(isSettled, SETTLED_TIMEOUT_MS, () => 'Deliveries are still pending.');
    return this.deliveries();
  }

  /** Where all that is pending waits for its time, or for that of its fallback, time jumps there. */
  async skipWaiting(waiting: readonly DeliveryRow[]): Promise<void> {
    const now = this.clock.now();
    if (waiting.some(({ due_at: dueAt }) => dueAt <= now)) return;
    const times = waiting.flatMap(({ due_at: dueAt, fallback_at: fallbackAt }) => [dueAt, fallbackAt ?? dueAt]);
    this.clock.advanceTo(new Date(Math.min(...times.map((time) => time.getTime()))));
    await this.notifier.wake();
  }

  /** Lets so much time pass, with all attempts that fall due in it. */
  async pass(seconds: number): Promise<void> {
    const end = new Date(this.clock.now().getTime() + seconds * 1_000);
    const isOver = async (): Promise<boolean> => {
      const waiting = await this.deliveries(`status = 'pending'`);
      if (
        waiting.every(({ due_at: dueAt, fallback_at: fallbackAt }) => dueAt > end && !(fallbackAt && fallbackAt <= end))
      ) {
        this.clock.advanceTo(end);
      } else {
        await this.skipWaiting(waiting);
      }
      return this.clock.now() >= end;
    };
    await until(isOver, PASSED_TIMEOUT_MS, () => 'The time has not passed.');
  }

  async forget(): Promise<void> {
    await this.database.dataSource.query(
      'TRUNCATE notification_deliveries, notification_notices, notification_preferences, in_app_notifications, in_app_reads',
    );
  }

  async stop(): Promise<void> {
    await this.app.close();
    register.clear();
    await this.database.drop();
  }
}

class RigModule {
  static with(providers: DynamicModule['providers'], imports: DynamicModule['imports']): DynamicModule {
    const tokens = [Clock, SystemClock, ComponentHealth, ForeignErrors, ReadinessRegistry];
    return { module: RigModule, global: true, imports, providers, exports: tokens };
  }
}
Module({})(RigModule);

export async function createNotificationRig(env: NodeJS.ProcessEnv = {}): Promise<NotificationRig> {
  const database = await createTestDatabase();
  const clock = new MovableClock();
  const providers = [
    { provide: Clock, useValue: clock },
    SystemClock,
    ComponentHealth,
    ForeignErrors,
    ReadinessRegistry,
  ];
  const module = RigModule.with(providers, [
    ConfigModule.forRoot(loadConfig({ DATA_DIR: '/nowhere', ...env })),
    LoggingModule.forRoot(Logger.create('silent')),
    DatabaseModule.forRoot(database.handle),
    RedisModule.forRoot({}, database.handle),
    QueuesModule.forRoot(database),
    NotificationsModule,
  ]);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return new NotificationRig(app, database, clock);
}
