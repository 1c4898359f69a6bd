import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * When a value, of which only a hash is kept, was first and last seen with which dimension values of a family. A row for
 * each set of dimensions that is asked for (`Family.firstSeen`): those outside the set are NULL.
 */
@Entity('first_seen')
@Index('first_seen_since', ['family', 'dimensions', 'since', 'firstAt'])
@Index('first_seen_last_at', ['family', 'lastAt'])
export class FirstSeenEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'first_seen_pkey' })
  family!: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'first_seen_pkey' })
  hash!: Buffer;

  @PrimaryColumn('text', { array: true, primaryKeyConstraintName: 'first_seen_pkey' })
  dimensions!: (string | null)[];

  @Column('timestamptz')
  firstAt!: Date;

  /** When the value was first seen at all: the same in all of its rows. */
  @Column('timestamptz', { default: () => "'infinity'" })
  since!: Date;

  /** Decides how long the row is kept; follows the events within 7 days. */
  @Column('timestamptz')
  lastAt!: Date;
}
