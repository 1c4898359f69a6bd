import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAnalyticsTables1763800000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...EVENTS, ...ROLLUPS, ...REJECTED]) {
      await db.query(statement);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await db.query(`DROP TABLE ${table}`);
    }
  }
}

const TABLES = [
  'rejected_events',
  'raw_days',
  'rollup_dimension_values',
  'rollup_invalidations',
  'analytics_rollups',
  'analytics_events',
];

const EVENTS = [
  `CREATE TABLE analytics_events (
    event_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    event_type text NOT NULL,
    correlation_id text NOT NULL,
    user_id text,
    session_id text,
    source text,
    method text,
    route text,
    status_code smallint,
    duration_ms double precision,
    service text,
    pipeline text,
    provider text,
    model text,
    stage text,
    error_code text,
    job_id text,
    status text,
    cost_usd numeric,
    input_units numeric,
    output_units numeric,
    retries integer,
    order_id text,
    currency text,
    total numeric,
    discount numeric,
    tax numeric,
    shipping numeric,
    customer_id text,
    test boolean,
    items jsonb,
    name text,
    product_id text,
    collection text,
    page text,
    quantity numeric,
    message text,
    severity text,
    fingerprint text,
    alert_id uuid,
    config_id uuid,
    state text,
    properties jsonb,
    CONSTRAINT analytics_events_pkey PRIMARY KEY (event_id, occurred_at)
  ) PARTITION BY RANGE (occurred_at)`,
  `CREATE INDEX analytics_events_type_time ON analytics_events (event_type, occurred_at)`,
  `CREATE INDEX analytics_events_provider_time ON analytics_events (provider, occurred_at) WHERE provider IS NOT NULL`,
  `CREATE INDEX analytics_events_correlation ON analytics_events (correlation_id)`,
  `CREATE INDEX analytics_events_time_brin ON analytics_events USING brin (occurred_at)`,
];

const ROLLUPS = [
  `CREATE TABLE analytics_rollups (
    family text NOT NULL,
    granularity text NOT NULL,
    bucket_start timestamptz NOT NULL,
    dimensions text[] NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    count bigint NOT NULL,
    sum numeric,
    avg double precision,
    min double precision,
    max double precision,
    p50 double precision,
    p95 double precision,
    p99 double precision,
    sketch bytea,
    sums numeric[],
    distinct_sketch bytea,
    CONSTRAINT analytics_rollups_pkey PRIMARY KEY (family, granularity, bucket_start, dimensions, sealed),
    CONSTRAINT analytics_rollups_granularity CHECK (granularity IN ('minute', 'hourly', 'daily', 'weekly')),
    CONSTRAINT analytics_rollups_dimensions CHECK (array_position(dimensions, NULL) IS NULL)
  )`,
  `CREATE TABLE rollup_invalidations (
    id bigserial NOT NULL,
    family text NOT NULL,
    level text NOT NULL,
    bucket_start timestamptz NOT NULL,
    events bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rollup_invalidations_pkey PRIMARY KEY (id),
    CONSTRAINT rollup_invalidations_level CHECK (level IN ('minute', 'hourly', 'daily', 'weekly'))
  )`,
  `CREATE INDEX rollup_invalidations_bucket ON rollup_invalidations (family, level, bucket_start)`,
  `CREATE TABLE rollup_dimension_values (
    family text NOT NULL,
    dimension text NOT NULL,
    day date NOT NULL,
    value text NOT NULL,
    CONSTRAINT rollup_dimension_values_pkey PRIMARY KEY (family, dimension, day, value)
  )`,
  `CREATE TABLE raw_days (
    day date NOT NULL,
    last_received_at timestamptz NOT NULL,
    CONSTRAINT raw_days_pkey PRIMARY KEY (day)
  )`,
];

const REJECTED = [
  `CREATE TABLE rejected_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    received_at timestamptz NOT NULL DEFAULT now(),
    event_index integer NOT NULL,
    event_id text,
    event_type text,
    errors jsonb NOT NULL,
    body text NOT NULL,
    body_truncated boolean NOT NULL DEFAULT false,
    correlation_id text NOT NULL,
    submitted_by text NOT NULL,
    CONSTRAINT rejected_events_pkey PRIMARY KEY (id)
  )`,
  `CREATE INDEX rejected_events_received ON rejected_events (received_at, id)`,
];
