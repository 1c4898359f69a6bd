import { DataSource, type EntityManager } from 'typeorm';
import { Catalogue } from '../../src/metrics/catalogue/catalogue.js';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import type { Family } from '../../src/metrics/catalogue/family.js';
import type { Metric } from '../../src/metrics/catalogue/metric.js';
import { METRICS } from '../../src/metrics/catalogue/metrics.js';
import { Estimates } from '../../src/metrics/estimates.js';
import { MetricSampler } from '../../src/metrics/metric-sampler.service.js';
import { MetricReader } from '../../src/metrics/metric-reader.service.js';
import { RetentionPolicy } from '../../src/metrics/planner/retention-policy.js';
import { LateEventReads } from '../../src/metrics/store/late-event-reads.js';
import { MetricStateRepository } from '../../src/metrics/store/metric-state.repository.js';
import { NewestEventRepository } from '../../src/metrics/store/newest-event.repository.js';
import { PendingMarks, type TouchedMinute } from '../../src/metrics/store/pending-marks.js';
import { RollupReads } from '../../src/metrics/store/rollup-reads.js';
import { SettledStates } from '../../src/metrics/store/settled-states.js';
import { SlicedRawReads } from '../../src/metrics/store/sliced-raw-reads.js';
import { SampleRepository } from '../../src/metrics/store/sample.repository.js';
import { RollupStateRepository, type Buckets } from '../../src/metrics/store/rollup-state.repository.js';
import type { RollupRow } from '../../src/metrics/store/rollup-row.js';
import type { AppConfig } from '../../src/platform/config/index.js';
import { RawDaySealing, SealingStores } from '../../src/rollups/raw-day-sealing.js';
import { ReopenedDays } from '../../src/rollups/reopened-days.js';
import { RebuildService } from '../../src/rollups/rebuild/rebuild.service.js';
import { MinuteRetention } from '../../src/rollups/minute-retention.js';
import { RetentionService } from '../../src/rollups/retention.service.js';
import { RollUpService } from '../../src/rollups/roll-up.service.js';
import { RollUpWrites } from '../../src/rollups/roll-up-writes.js';
import { DimensionValueRepository } from '../../src/rollups/store/dimension-value.repository.js';
import { MarkRepository } from '../../src/rollups/store/mark.repository.js';
import { MinuteRetentionRepository } from '../../src/rollups/store/minute-retention.repository.js';
import { RawDayRepository } from '../../src/rollups/store/raw-day.repository.js';
import { RebuildRepository } from '../../src/rollups/store/rebuild.repository.js';
import { RollupDatabase } from '../../src/rollups/store/rollup-database.js';
import { isMissingPartition, PartitionKeeper } from '../../src/platform/database/index.js';
import type { StreamEvent } from './reference.js';

const MINUTE_MS = 60_000;

/** Fails after the rows of a bucket were written, when told to: what a killed worker leaves is decided by the database. */
class BreakableStates extends RollupStateRepository {
  /** Rewrites that still succeed; undefined: all. */
  rewritesLeft: number | undefined;
  /** Called between computing the rows of a bucket and writing them. */
  beforeWriting: (buckets: Buckets) => Promise<void> = async () => {};

  override async replace(tx: EntityManager, buckets: Buckets, rows: readonly RollupRow[]): Promise<void> {
    await this.beforeWriting(buckets);
    await super.replace(tx, buckets, rows);
    this.dieInTime();
  }

  override async add(tx: EntityManager, buckets: Buckets, rows: readonly RollupRow[]): Promise<void> {
    await this.beforeWriting(buckets);
    await super.add(tx, buckets, rows);
    this.dieInTime();
  }

  private dieInTime(): void {
    if (this.rewritesLeft === 0) throw new Error('The worker died here.');
    if (this.rewritesLeft !== undefined) this.rewritesLeft--;
  }
}

export interface BenchOptions {
  readonly families?: readonly Family[];
  readonly metrics?: readonly Metric[];
  readonly rawRetentionDays?: number;
  readonly partitions?: PartitionKeeper;
}

/** The rollups of one database with a clock that the test moves, and a way in that marks like the collector does. */
export class RollupBench {
  readonly clock = {
    at: 0,
    now(): Date {
      return new Date(this.at);
    },
  };
  readonly states = new BreakableStates();
  readonly catalogue: Catalogue;
  readonly policy: RetentionPolicy;
  readonly minuteRetention: (storeTimeZone: string) => MinuteRetention;
  readonly service: RollUpService;
  readonly retention: RetentionService;
  readonly estimates = new Estimates();
  readonly reader: MetricReader;
  readonly sampler: MetricSampler;
  readonly newest: NewestEventRepository;
  readonly rebuild: RebuildService;
  readonly partitions: PartitionKeeper;
  private readonly marks: PendingMarks;

  constructor(
    readonly dataSource: DataSource,
    { families = FAMILIES, metrics = METRICS, rawRetentionDays = 7, partitions }: BenchOptions = {},
  ) {
    const config = { ingest: { rawRetentionDays } } as AppConfig;
    const jobs = new RollupDatabase(dataSource);
    const markRows = new MarkRepository();
    const values = new DimensionValueRepository();
    const days = new RawDayRepository();
    this.catalogue = new Catalogue(families, metrics);
    this.policy = new RetentionPolicy(this.clock, config);
    this.marks = new PendingMarks(this.catalogue);
    this.partitions = partitions ?? new PartitionKeeper(dataSource);
    new ReopenedDays(this.partitions, this.catalogue, new RebuildRepository()).onModuleInit();
    const minutes = new MinuteRetentionRepository();
    this.minuteRetention = (storeTimeZone) => {
      const shop = { business: { storeTimeZone } } as AppConfig;
      return new MinuteRetention(jobs, this.catalogue, this.policy, minutes, markRows, this.clock, shop);
    };
    const writes = new RollUpWrites(this.clock, this.policy, markRows, values, minutes);
    this.service = new RollUpService(jobs, this.catalogue, this.states, writes);
    const stores = new SealingStores(markRows, days, values);
    const sealing = new RawDaySealing(jobs, this.catalogue, this.states, stores, this.partitions);
    this.retention = new RetentionService(jobs, this.catalogue, this.policy, sealing, days, minutes);
    this.sampler = new MetricSampler(this.catalogue, this.clock, new SampleRepository(dataSource));
    this.newest = new NewestEventRepository(dataSource, this.catalogue);
    this.rebuild = new RebuildService(jobs, this.catalogue, this.states, writes, new RebuildRepository());
    this.reader = new MetricReader(
      this.catalogue,
      new MetricStateRepository(
        dataSource,
        new RollupReads(new SettledStates()),
        new SlicedRawReads(),
        new LateEventReads(),
      ),
      this.policy,
      this.estimates,
    );
  }

  /** Stores what is not there yet, and marks it, in one transaction; again if retention took the day meanwhile. */
  async store(events: readonly StreamEvent[]): Promise<void> {
    const days = [...new Set(events.map((event) => event.occurred_at.slice(0, 10)))];
    for (;;) {
      await this.partitions.ensureDays(days);
      try {
        await this.dataSource.transaction((tx) => this.insert(tx, events));
        return;
      } catch (error) {
        if (!isMissingPartition(error)) throw error;
        this.partitions.forget(days);
      }
    }
  }

  /** Kills a worker after so many rewrites. */
  async crash(rewrites = 0): Promise<void> {
    this.states.rewritesLeft = rewrites;
    await this.service.rollUp().catch(() => undefined);
    this.states.rewritesLeft = undefined;
  }

  async clear(): Promise<void> {
    // One round trip; a DELETE of few rows is far cheaper than a TRUNCATE of many partitions.
    await this.dataSource.query(TABLES.map((table) => `DELETE FROM ${table}`).join(';'));
  }

  private async insert(tx: EntityManager, events: readonly StreamEvent[]): Promise<void> {
    const added: { event_id: string; occurred_at: Date }[] = await tx.query(
      `INSERT INTO analytics_events SELECT (jsonb_populate_record(NULL::analytics_events,
           event || jsonb_build_object('received_at', $2::timestamptz))).*
         FROM jsonb_array_elements($1::jsonb) AS event ON CONFLICT DO NOTHING RETURNING event_id, occurred_at`,
      [JSON.stringify(events), this.clock.now()],
    );
    const keys = new Set(added.map(({ event_id, occurred_at }) => `${event_id} ${occurred_at.getTime()}`));
    const fresh = events.filter(({ event_id, occurred_at }) => keys.delete(`${event_id} ${Date.parse(occurred_at)}`));
    const statement = this.marks.statementFor(minutesOf(fresh, this.clock.at));
    if (statement) await tx.query(statement);
  }
}

const TABLES = ['analytics_events', 'analytics_rollups', 'rollup_invalidations', 'raw_days', 'rollup_dimension_values'];

/** Events of minutes that are over are named in most marks, and not in the others, as the collector does with many. */
function minutesOf(events: readonly StreamEvent[], now: number): TouchedMinute[] {
  const minutes = new Map<string, StreamEvent[]>();
  for (const event of events) {
    const key = `${event.event_type} ${Math.floor(Date.parse(event.occurred_at) / MINUTE_MS)}`;
    minutes.set(key, [...(minutes.get(key) ?? []), event]);
  }
  return [...minutes.values()].map((some) => {
    const { event_type: type, occurred_at, event_id } = some[0]!;
    const minute = Math.floor(Date.parse(occurred_at) / MINUTE_MS);
    const isNamed = (minute + 1) * MINUTE_MS <= now && event_id < 'c';
    const late = {
      ids: some.map((event) => event.event_id),
      offsets: some.map((event) => (Date.parse(event.occurred_at) - minute * MINUTE_MS) * 1_000),
    };
    return { type, minute, events: some.length, late: isNamed ? late : undefined };
  });
}
