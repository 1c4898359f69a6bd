import type { Pool } from 'pg';
import { AnalyticsEventCollector } from '../../src/collector/analytics-event-collector.js';
import { DeadLetterReplay } from '../../src/collector/dead-letter-replay.service.js';
import { DeadLetters } from '../../src/collector/dead-letters.service.js';
import { EventAdmission } from '../../src/collector/event-admission.service.js';
import { EventBrowser } from '../../src/collector/event-browser.service.js';
import { EventCommit } from '../../src/collector/event-commit.js';
import { EventIntake } from '../../src/collector/event-intake.service.js';
import { GroupCommitWriter } from '../../src/collector/group-commit-writer.js';
import type { IngestPace } from '../../src/collector/ingest-pace.js';
import type { CommitCompanion } from '../../src/collector/store/commit-companion.js';
import { EventWriterRepository } from '../../src/collector/store/event-writer.repository.js';
import { EventRepository } from '../../src/collector/store/event.repository.js';
import { RejectedEventRepository } from '../../src/collector/store/rejected-event.repository.js';
import { Clock, SystemClock } from '../../src/platform/clock/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { PartitionKeeper } from '../../src/platform/database/index.js';
import { createPool } from '../../src/platform/database/pools.js';
import { Logger } from '../../src/platform/logging/index.js';
import { CountedMetrics } from './counted-metrics.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const UNSLOWED = { pauseMs: () => 0 } as unknown as IngestPace;

/** The collector on a database of its own, without HTTP. */
export interface CollectorRig {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly writer: EventWriterRepository;
  readonly admission: EventAdmission;
  readonly intake: EventIntake;
  readonly browser: EventBrowser;
  readonly deadLetters: DeadLetters;
  readonly replays: DeadLetterReplay;
  readonly collector: AnalyticsEventCollector;
  readonly counts: CountedMetrics;
  /** Log lines, parsed. */
  readonly logged: Record<string, unknown>[];
  stop(): Promise<void>;
}

export interface RigOptions {
  /** Another process on the same database. */
  readonly database?: TestDatabase;
  /** Where the writer connects to, when not straight to the database. */
  readonly writerUrl?: string;
  readonly companions?: CommitCompanion[];
  readonly clock?: Clock;
}

export async function createRig(options: RigOptions = {}): Promise<CollectorRig> {
  const database = options.database ?? (await createTestDatabase());
  const logged: Record<string, unknown>[] = [];
  const log = Logger.create('debug', (line) => logged.push(JSON.parse(line)));
  const pool = createPool(options.writerUrl ?? database.url, 2, 'analytics test writer', log);
  const clock = options.clock ?? new SystemClock();
  const config = loadConfig({ DATA_DIR: '/nowhere' });
  const metrics = new CountedMetrics();
  const writer = new EventWriterRepository(pool, options.companions ?? [], clock);
  const commit = new EventCommit(writer, new PartitionKeeper(database.dataSource), log);
  const admission = new EventAdmission(
    new GroupCommitWriter(commit, metrics, UNSLOWED, config),
    metrics,
    clock,
    config,
  );
  const deadLetters = new DeadLetters(new RejectedEventRepository(database.dataSource), metrics, clock);
  return {
    database,
    pool,
    writer,
    admission,
    intake: new EventIntake(admission, deadLetters, metrics, clock),
    browser: new EventBrowser(
      new EventRepository(database.dataSource),
      new PartitionKeeper(database.dataSource),
      clock,
    ),
    deadLetters,
    replays: new DeadLetterReplay(deadLetters, admission),
    collector: new AnalyticsEventCollector(admission, metrics, clock, log),
    counts: metrics,
    logged,
    stop: async () => {
      await pool.end();
      if (!options.database) await database.drop();
    },
  };
}
