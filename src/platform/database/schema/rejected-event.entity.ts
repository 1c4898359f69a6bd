import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A dead letter: an event that was refused, with the reasons. */
@Entity('rejected_events')
@Index('rejected_events_received', ['receivedAt', 'id'])
export class RejectedEventEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'rejected_events_pkey' })
  id!: string;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt!: Date;

  /** Position in the batch it came with. */
  @Column('integer')
  eventIndex!: number;

  /** As sent, so it need not be a UUID. */
  @Column('text', { nullable: true })
  eventId!: string | null;

  @Column('text', { nullable: true })
  eventType!: string | null;

  /** `[{ path, message }]` */
  @Column('jsonb')
  errors!: unknown;

  /** At most 8 KiB of it. */
  @Column('text')
  body!: string;

  @Column('boolean', { default: false })
  bodyTruncated!: boolean;

  @Column('text')
  correlationId!: string;

  @Column('text')
  submittedBy!: string;
}
