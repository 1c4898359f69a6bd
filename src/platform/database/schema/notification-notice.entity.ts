import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** Something people are to be told, once: a transition of an alert, a reminder, a test. */
@Entity('notification_notices')
@Unique('notification_notices_transition', ['transitionId', 'kind'])
@Index('notification_notices_alert', ['alertId'])
@Index('notification_notices_detected', ['detectedAt'])
@Check('notification_notices_kind', `kind IN ('firing', 'resolved', 'reminder', 'late')`)
@Check('notification_notices_severity', `severity IN ('info', 'warning', 'critical')`)
export class NotificationNoticeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_notices_pkey' })
  id!: string;

  /** NULL: about no alert, e.g. a test. */
  @Column('uuid', { nullable: true })
  alertId!: string | null;

  @Column('uuid')
  transitionId!: string;

  /** `late`: tells that other notices did not leave in time. */
  @Column('text')
  kind!: string;

  @Column('text')
  severity!: string;

  /** When the engine saw it: what the promised delay counts from. */
  @Column('timestamptz')
  detectedAt!: Date;

  /** What the messages are written from. */
  @Column('jsonb')
  content!: unknown;

  @Column('text')
  correlationId!: string;
}
