import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A raw event. The table is partitioned by UTC day of `occurredAt` and has no default partition: see
 * `PartitionKeeper`. Every query on it has bounds on `occurredAt`.
 */
@Entity('analytics_events')
@Index('analytics_events_type_time', ['eventType', 'occurredAt'])
@Index('analytics_events_provider_time', ['provider', 'occurredAt'], { where: 'provider IS NOT NULL' })
@Index('analytics_events_correlation', ['correlationId'])
@Index('analytics_events_time_brin', ['occurredAt'], { type: 'brin' })
export class AnalyticsEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_events_pkey' })
  eventId!: string;

  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'analytics_events_pkey' })
  occurredAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt!: Date;

  @Column('text')
  eventType!: string;

  @Column('text')
  correlationId!: string;

  @Column('text', { nullable: true })
  userId!: string | null;

  @Column('text', { nullable: true })
  sessionId!: string | null;

  @Column('text', { nullable: true })
  source!: string | null;

  // api_request
  @Column('text', { nullable: true })
  method!: string | null;

  @Column('text', { nullable: true })
  route!: string | null;

  @Column('smallint', { nullable: true })
  statusCode!: number | null;

  @Column('double precision', { nullable: true })
  durationMs!: number | null;

  @Column('text', { nullable: true })
  service!: string | null;

  // ml_job; `status` is shared with order
  @Column('text', { nullable: true })
  pipeline!: string | null;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { nullable: true })
  model!: string | null;

  @Column('text', { nullable: true })
  stage!: string | null;

  @Column('text', { nullable: true })
  errorCode!: string | null;

  @Column('text', { nullable: true })
  jobId!: string | null;

  @Column('text', { nullable: true })
  status!: string | null;

  @Column('numeric', { nullable: true })
  costUsd!: string | null;

  @Column('numeric', { nullable: true })
  inputUnits!: string | null;

  @Column('numeric', { nullable: true })
  outputUnits!: string | null;

  @Column('integer', { nullable: true })
  retries!: number | null;

  // order
  @Column('text', { nullable: true })
  orderId!: string | null;

  @Column('text', { nullable: true })
  currency!: string | null;

  @Column('numeric', { nullable: true })
  total!: string | null;

  @Column('numeric', { nullable: true })
  discount!: string | null;

  @Column('numeric', { nullable: true })
  tax!: string | null;

  @Column('numeric', { nullable: true })
  shipping!: string | null;

  @Column('text', { nullable: true })
  customerId!: string | null;

  @Column('boolean', { nullable: true })
  test!: boolean | null;

  /** `[{ product_id, name?, collection?, quantity, unit_price }]` */
  @Column('jsonb', { nullable: true })
  items!: unknown;

  // storefront and inventory; `name` is shared with error
  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  productId!: string | null;

  /** Slug of the collection. */
  @Column('text', { nullable: true })
  collection!: string | null;

  @Column('text', { nullable: true })
  page!: string | null;

  @Column('numeric', { nullable: true })
  quantity!: string | null;

  // error; `severity` is shared with alert
  @Column('text', { nullable: true })
  message!: string | null;

  @Column('text', { nullable: true })
  severity!: string | null;

  @Column('text', { nullable: true })
  fingerprint!: string | null;

  // alert
  @Column('uuid', { nullable: true })
  alertId!: string | null;

  @Column('uuid', { nullable: true })
  configId!: string | null;

  @Column('text', { nullable: true })
  state!: string | null;

  @Column('jsonb', { nullable: true })
  properties!: unknown;
}
