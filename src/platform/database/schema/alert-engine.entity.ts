import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: the last tick that took effect. A tick moves it forward in the transaction of its transitions. */
@Entity('alert_engine')
@Check('alert_engine_single', 'single')
export class AlertEngineEntity {
  @PrimaryColumn('boolean', { default: true, primaryKeyConstraintName: 'alert_engine_pkey' })
  single!: boolean;

  @Column('timestamptz')
  lastTick!: Date;
}
