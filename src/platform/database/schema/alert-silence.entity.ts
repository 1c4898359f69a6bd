import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** While it lasts, alerts that match are evaluated and recorded, and nobody is told. */
@Entity('alert_silences')
@Index('alert_silences_ends', ['endsAt'])
@Check('alert_silences_times', 'starts_at < ends_at')
export class AlertSilenceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_silences_pkey' })
  id!: string;

  /** `{ config_id?, severity?, metric?, labels? }`: all that are there must hold. */
  @Column('jsonb')
  matchers!: unknown;

  @Column('timestamptz')
  startsAt!: Date;

  @Column('timestamptz')
  endsAt!: Date;

  @Column('text')
  reason!: string;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('text')
  createdBy!: string;

  /** When and by whom it was ended before its time. */
  @Column('timestamptz', { nullable: true })
  endedAt!: Date | null;

  @Column('text', { nullable: true })
  endedBy!: string | null;
}
