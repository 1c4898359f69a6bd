import { Column, Entity, PrimaryColumn } from 'typeorm';

const KEY = 'schedule_ticks_pkey';

/** A tick of a schedule that some process has claimed. */
@Entity('schedule_ticks')
export class ScheduleTickEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  name!: string;

  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: KEY })
  tick!: Date;

  @Column('timestamptz')
  queuedAt!: Date;
}
