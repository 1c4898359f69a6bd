import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A UTC day of raw events, and when something was last received for it. */
@Entity('raw_days')
export class RawDayEntity {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'raw_days_pkey' })
  day!: string;

  @Column('timestamptz')
  lastReceivedAt!: Date;
}
