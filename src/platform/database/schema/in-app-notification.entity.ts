import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A message in the inbox of everybody who belongs to its audience. */
@Entity('in_app_notifications')
@Unique('in_app_notifications_once', ['noticeId', 'audience'])
@Index('in_app_notifications_audience', ['audience', 'createdAt', 'id'])
@Check('in_app_notifications_severity', `severity IN ('info', 'warning', 'critical')`)
export class InAppNotificationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'in_app_notifications_pkey' })
  id!: string;

  @Column('uuid')
  noticeId!: string;

  /** `user:…`, `team:…` or `role:admin`. */
  @Column('text')
  audience!: string;

  @Column('uuid', { nullable: true })
  alertId!: string | null;

  @Column('text')
  severity!: string;

  @Column('text')
  title!: string;

  @Column('text')
  body!: string;

  @Column('timestamptz')
  createdAt!: Date;
}
