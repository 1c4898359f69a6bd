import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One alert, that is one episode. It outlives its config, so it carries a copy of what it was about and no foreign key. */
@Entity('alert_history')
@Index('alert_history_triggered', ['triggeredAt', 'id'])
@Index('alert_history_config_triggered', ['configId', 'triggeredAt'])
@Index('alert_history_open', ['status', 'triggeredAt'], { where: `status <> 'resolved'` })
@Index('alert_history_business', ['triggeredAt', 'id'], { where: `metric LIKE 'business.%'` })
@Check('alert_history_status', `status IN ('firing', 'acknowledged', 'resolved')`)
@Check('alert_history_severity', `severity IN ('info', 'warning', 'critical')`)
export class AlertHistoryEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'alert_history_pkey' })
  id!: string;

  @Column('uuid')
  configId!: string;

  @Column('text')
  configName!: string;

  @Column('text')
  metric!: string;

  @Column('jsonb', { default: {} })
  filters!: Record<string, string>;

  /** The value of the config's `group_by` dimension this episode is about. */
  @Column('text', { nullable: true })
  groupValue!: string | null;

  @Column('text')
  condition!: string;

  @Column('text')
  severity!: string;

  @Column('text', { default: 'firing' })
  status!: string;

  @Column('double precision', { nullable: true })
  value!: number | null;

  @Column('double precision', { nullable: true })
  peakValue!: number | null;

  @Column('double precision', { nullable: true })
  resolvedValue!: number | null;

  @Column('double precision')
  threshold!: number;

  @Column('timestamptz')
  triggeredAt!: Date;

  @Column('timestamptz', { nullable: true })
  acknowledgedAt!: Date | null;

  @Column('text', { nullable: true })
  acknowledgedBy!: string | null;

  @Column('timestamptz', { nullable: true })
  resolvedAt!: Date | null;

  /** `auto`, a user, `config_changed`, `config_deleted` or `gone`. */
  @Column('text', { nullable: true })
  resolvedBy!: string | null;

  @Column('text', { nullable: true })
  note!: string | null;

  /** Whether the value lacks events that are still being rolled up. */
  @Column('boolean', { default: false })
  partial!: boolean;
}
