import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** "This bucket of this family is to be rewritten." Append only, written in the transaction of its events. */
@Entity('rollup_invalidations')
@Index('rollup_invalidations_bucket', ['family', 'level', 'bucketStart'])
@Check('rollup_invalidations_level', `level IN ('minute', 'hourly', 'daily', 'weekly')`)
export class RollupInvalidationEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'rollup_invalidations_pkey' })
  id!: string;

  @Column('text')
  family!: string;

  @Column('text')
  level!: string;

  @Column('timestamptz')
  bucketStart!: Date;

  /** How many events the writer put there; 0 where a bucket is marked because a level below it changed. */
  @Column('bigint', { default: 0 })
  events!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  /** The keys of the events, where the minute was over when they came: only these have to be added then. */
  @Column('uuid', { array: true, nullable: true })
  lateIds!: string[] | null;

  /** When each of them happened, in microseconds after the bucket's start. */
  @Column('integer', { array: true, nullable: true })
  lateOffsets!: number[] | null;
}
