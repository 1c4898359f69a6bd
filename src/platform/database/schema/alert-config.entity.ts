import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A rule: which metric, which condition, whom to tell. */
@Entity('alert_configs')
@Unique('alert_configs_name', ['name'])
@Check('alert_configs_condition', `condition IN ('threshold_above', 'threshold_below', 'rate_of_change', 'anomaly')`)
@Check('alert_configs_severity', `severity IN ('info', 'warning', 'critical')`)
@Check('alert_configs_no_data', `no_data IN ('ok', 'keep', 'alert')`)
@Check('alert_configs_on_error', `on_error IN ('keep', 'alert')`)
export class AlertConfigEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'alert_configs_pkey' })
  id!: string;

  @Column('integer', { default: 1 })
  version!: number;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  metric!: string;

  @Column('jsonb', { default: {} })
  filters!: Record<string, string>;

  @Column('text', { nullable: true })
  groupBy!: string | null;

  @Column('text')
  condition!: string;

  @Column('double precision')
  threshold!: number;

  @Column('double precision', { nullable: true })
  recoveryThreshold!: number | null;

  @Column('text')
  severity!: string;

  @Column('integer', { default: 300 })
  windowSeconds!: number;

  @Column('integer', { default: 0 })
  forSeconds!: number;

  @Column('integer', { default: 300 })
  cooldownSeconds!: number;

  @Column('integer', { nullable: true })
  renotifySeconds!: number | null;

  @Column('integer', { default: 0 })
  evaluationDelaySeconds!: number;

  @Column('integer', { default: 1 })
  minSamples!: number;

  @Column('text', { default: 'ok' })
  noData!: string;

  @Column('text', { default: 'keep' })
  onError!: string;

  /** NULL: the defaults of the severity. */
  @Column('text', { array: true, nullable: true })
  channels!: string[] | null;

  /** `{ users, teams }`; NULL: everybody with preferences. */
  @Column('jsonb', { nullable: true })
  recipients!: unknown;

  @Column('text', { nullable: true })
  runbookUrl!: string | null;

  @Column('jsonb', { default: {} })
  labels!: Record<string, string>;

  @Column('boolean', { default: true })
  enabled!: boolean;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;

  @Column('text')
  createdBy!: string;
}
