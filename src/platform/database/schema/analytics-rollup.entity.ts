import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const KEY = 'analytics_rollups_pkey';

/**
 * One bucket of one metric family and one combination of dimension values, or the bucket's total. Live and sealed rows of
 * a key are added up.
 */
@Entity('analytics_rollups')
@Index('analytics_rollups_totals', ['family', 'granularity', 'bucketStart'], { where: `dimensions = '{}'` })
@Check('analytics_rollups_granularity', `granularity IN ('minute', 'hourly', 'daily', 'weekly')`)
@Check('analytics_rollups_dimensions', `array_position(dimensions, NULL) IS NULL`)
export class AnalyticsRollupEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  family!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  granularity!: string;

  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: KEY })
  bucketStart!: Date;

  /** Values in the order in which the family declares its dimensions, none of them NULL; empty: the bucket's total. */
  @PrimaryColumn('text', { primaryKeyConstraintName: KEY, array: true })
  dimensions!: string[];

  /** True: kept after its raw events were dropped; never rewritten, only added to. */
  @PrimaryColumn('boolean', { primaryKeyConstraintName: KEY, default: false })
  sealed!: boolean;

  @Column('bigint')
  count!: string;

  @Column('numeric', { nullable: true })
  sum!: string | null;

  @Column('double precision', { nullable: true })
  avg!: number | null;

  @Column('double precision', { nullable: true })
  min!: number | null;

  @Column('double precision', { nullable: true })
  max!: number | null;

  @Column('double precision', { nullable: true })
  p50!: number | null;

  @Column('double precision', { nullable: true })
  p95!: number | null;

  @Column('double precision', { nullable: true })
  p99!: number | null;

  /** Mergeable log-bucket histogram behind the percentiles. */
  @Column('bytea', { nullable: true })
  sketch!: Buffer | null;

  /** Further additive measures, in the order in which the family declares them. */
  @Column('numeric', { array: true, nullable: true })
  sums!: string[] | null;

  /** Mergeable sketch of distinct sessions. */
  @Column('bytea', { nullable: true })
  distinctSketch!: Buffer | null;

  /** Last known value of the family's measure, and when it was. */
  @Column('numeric', { nullable: true })
  lastValue!: string | null;

  @Column('timestamptz', { nullable: true })
  lastAt!: Date | null;
}
