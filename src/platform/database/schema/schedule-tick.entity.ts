import { Column, Entity, PrimaryColumn } from 'typeorm';

const KEY = { primaryKeyConstraintName: 'schedule_ticks_pkey' };

/** A tick of a schedule that some process has claimed. */
@Entity('schedule_ticks')
export class ScheduleTickEntity {
  @PrimaryColumn('text', KEY)
  name!: string;

  @PrimaryColumn('timestamptz', KEY)
  tick!: Date;

  @Column('timestamptz')
  queuedAt!: Date;
}
