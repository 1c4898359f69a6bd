import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One entry of an episode's timeline. */
@Entity('alert_transitions')
@Index('alert_transitions_alert', ['alertId', 'at'])
export class AlertTransitionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_transitions_pkey' })
  id!: string;

  @Column('uuid')
  alertId!: string;

  @Column('timestamptz')
  at!: Date;

  /** `pending`, `firing`, `recovering`, `acknowledged`, `resolved`, `notified` (late, after a cooldown or silence) or `reminded`. */
  @Column('text')
  state!: string;

  @Column('double precision', { nullable: true })
  value!: number | null;

  /** `no_data`, `error`, `gone`, `config_changed`, `config_deleted`, `cooldown`, `silenced`; NULL: the value. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** Who did it; NULL: the engine. */
  @Column('text', { nullable: true })
  who!: string | null;

  @Column('text', { nullable: true })
  note!: string | null;
}
