import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How a person or a team wants to be told. */
@Entity('notification_preferences')
@Check('notification_preferences_scope', `scope IN ('all', 'business')`)
export class NotificationPreferenceEntity {
  /** `user:…` or `team:…` */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'notification_preferences_pkey' })
  owner!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  /** E.164 */
  @Column('text', { nullable: true })
  phone!: string | null;

  @Column('text', { nullable: true })
  slackWebhookUrl!: string | null;

  /** `{ info?, warning?, critical? }`; what is missing follows the default of the severity. */
  @Column('jsonb', { nullable: true })
  channels!: unknown;

  /** `{ start, end, time_zone, days }` */
  @Column('jsonb', { nullable: true })
  quietHours!: unknown;

  /** `business`: alerts on `business.*` metrics only. */
  @Column('text')
  scope!: string;

  @Column('boolean', { default: true })
  enabled!: boolean;

  @Column('timestamptz')
  updatedAt!: Date;

  @Column('text')
  updatedBy!: string;
}
