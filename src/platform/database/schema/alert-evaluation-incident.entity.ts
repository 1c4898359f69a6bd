import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** What went wrong with an evaluation of rules. Kept for an hour. */
@Entity('alert_evaluation_incidents')
@Index('alert_evaluation_incidents_recorded', ['recordedAt'])
@Check('alert_evaluation_incidents_kind', `kind IN ('late', 'skipped', 'failed', 'taken_back', 'clock_skew')`)
export class AlertEvaluationIncidentEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'alert_evaluation_incidents_pkey' })
  id!: string;

  @Column('timestamptz')
  recordedAt!: Date;

  @Column('text')
  kind!: string;

  @Column('timestamptz')
  tick!: Date;

  /** What else is known, by kind. */
  @Column('jsonb')
  detail!: unknown;
}
