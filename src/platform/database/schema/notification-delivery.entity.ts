import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** One notice to one address: the outbox. Written with the alert's transition, so it has no foreign keys to wait for. */
@Entity('notification_deliveries')
@Unique('notification_deliveries_once', ['noticeId', 'channel', 'address'])
@Index('notification_deliveries_pending', ['channel', 'severity', 'dueAt'], { where: `status = 'pending'` })
@Index('notification_deliveries_fresh', ['dueAt'], { where: `status = 'pending' AND released_at IS NULL` })
@Index('notification_deliveries_enqueued', ['channel'], { where: `status = 'pending' AND enqueued_at IS NOT NULL` })
@Index('notification_deliveries_digests', ['address', 'channel', 'lane'], { where: `digest AND status = 'pending'` })
@Index('notification_deliveries_lane_released', ['address', 'channel', 'lane', 'releasedAt'], {
  where: 'lane IS NOT NULL AND released_at IS NOT NULL',
})
@Index('notification_deliveries_fallback', ['fallbackAt'], {
  where: `status = 'pending' AND fallback_at IS NOT NULL`,
})
@Index('notification_deliveries_failed', ['dueAt'], { where: `status = 'failed'` })
@Index('notification_deliveries_folded', ['foldedInto'], { where: 'folded_into IS NOT NULL' })
@Check('notification_deliveries_channel', `channel IN ('in_app', 'email', 'slack', 'sms')`)
@Check('notification_deliveries_severity', `severity IN ('info', 'warning', 'critical')`)
@Check('notification_deliveries_lane', `lane IN ('routine', 'critical_sms')`)
@Check('notification_deliveries_status', `status IN ('pending', 'folded', 'sent', 'failed', 'skipped')`)
export class NotificationDeliveryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_deliveries_pkey' })
  id!: string;

  @Column('uuid')
  noticeId!: string;

  @Column('text')
  channel!: string;

  /** Where it goes, in full; '' where there is no address. */
  @Column('text')
  address!: string;

  /** The address as it may be shown. */
  @Column('text')
  target!: string;

  /** Who reads that address: `user:…`, `team:…`, `role:admin`, `operators`. */
  @Column('text', { array: true })
  recipients!: string[];

  @Column('text')
  severity!: string;

  /** Which limit counts for it; NULL: none. */
  @Column('text', { nullable: true })
  lane!: string | null;

  /** `folded`: told by another delivery, see `foldedInto`. */
  @Column('text', { default: 'pending' })
  status!: string;

  /** Why it was skipped. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** What the last attempt ended with; of one that was sent, what was odd about the answer. */
  @Column('text', { nullable: true })
  error!: string | null;

  /** The channel that failed or is late, which this one stands in for. */
  @Column('text', { nullable: true })
  fallbackFor!: string | null;

  /** An earlier attempt may have arrived: its end is not known. */
  @Column('boolean', { default: false })
  possibleDuplicate!: boolean;

  /** How often the provider was called. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** When it was first called: retries and the fallback count from there. */
  @Column('timestamptz', { nullable: true })
  firstAttemptAt!: Date | null;

  /** Set while an attempt is under way: left behind by a worker that died, it may have arrived. */
  @Column('timestamptz', { nullable: true })
  attemptStartedAt!: Date | null;

  /** When its fallback goes out, if it is still pending then; NULL: not tried yet, or the fallback has been planned. */
  @Column('timestamptz', { nullable: true })
  fallbackAt!: Date | null;

  @Column('timestamptz')
  dueAt!: Date;

  /** End of the quiet hours it waited for. */
  @Column('timestamptz', { nullable: true })
  heldUntil!: Date | null;

  /** When it was decided that it goes alone, as a digest, or in one. */
  @Column('timestamptz', { nullable: true })
  releasedAt!: Date | null;

  /** Speaks for those folded into it as well. */
  @Column('boolean', { default: false })
  digest!: boolean;

  @Column('uuid', { nullable: true })
  foldedInto!: string | null;

  @Column('timestamptz', { nullable: true })
  enqueuedAt!: Date | null;

  @Column('integer', { default: 0 })
  enqueues!: number;

  /** A worker is sending it; after that time it is taken to be dead. */
  @Column('timestamptz', { nullable: true })
  claimedUntil!: Date | null;

  /** Tells the claims of a row apart, so that a worker whose lease ran out cannot undo what its successor wrote. */
  @Column('integer', { default: 0 })
  claimCount!: number;

  /** When the provider accepted it. */
  @Column('timestamptz', { nullable: true })
  sentAt!: Date | null;

  @Column('text', { nullable: true })
  providerReference!: string | null;

  /** Somebody was told over another channel that it did not leave in time. */
  @Column('boolean', { default: false })
  reportedLate!: boolean;
}
