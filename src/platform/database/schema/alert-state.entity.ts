import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Where one instance of a rule stands. A row is there while there is something to remember: normal and quiet is none. */
@Entity('alert_states')
@Index('alert_states_alert', ['alertId'], { unique: true, where: 'alert_id IS NOT NULL' })
@Check('alert_states_phase', `phase IN ('normal', 'pending', 'firing', 'recovering', 'held')`)
@Check('alert_states_muted', `muted IN ('cooldown', 'silenced')`)
@Check('alert_states_noticed_severity', `noticed_severity IN ('info', 'warning', 'critical')`)
@Check('alert_states_episode', `(phase IN ('firing', 'recovering')) = (alert_id IS NOT NULL)`)
export class AlertStateEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_states_pkey' })
  configId!: string;

  /** Key of the instance: `=` and the group's value; empty for a rule without `group_by`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'alert_states_pkey' })
  instance!: string;

  @Column('text', { nullable: true })
  groupValue!: string | null;

  @Column('text')
  phase!: string;

  /** When the phase began. */
  @Column('timestamptz')
  since!: Date;

  /** The open episode. */
  @Column('uuid', { nullable: true })
  alertId!: string | null;

  @Column('timestamptz', { nullable: true })
  triggeredAt!: Date | null;

  @Column('double precision', { nullable: true })
  value!: number | null;

  @Column('double precision', { nullable: true })
  peakValue!: number | null;

  @Column('boolean', { default: false })
  acknowledged!: boolean;

  /** Why the episode's firing notice was not sent yet. */
  @Column('text', { nullable: true })
  muted!: string | null;

  @Column('timestamptz', { nullable: true })
  remindedAt!: Date | null;

  /** The last firing notice of the instance that reached somebody: what cooldown counts from. */
  @Column('timestamptz', { nullable: true })
  noticedAt!: Date | null;

  /** Severity of that notice: the cooldown does not mute a higher one. */
  @Column('text', { nullable: true })
  noticedSeverity!: string | null;

  /** After a resolve by hand: until then no new episode, unless the condition was false meanwhile. */
  @Column('timestamptz', { nullable: true })
  heldUntil!: Date | null;

  /** Whether the last evaluation lacked events that are still being rolled up. */
  @Column('boolean', { default: false })
  partial!: boolean;
}
