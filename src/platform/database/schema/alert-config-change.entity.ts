import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Who changed a rule, from what to what. It outlives the rule, so there is no foreign key. */
@Entity('alert_config_changes')
@Index('alert_config_changes_config', ['configId', 'id'])
@Check('alert_config_changes_action', `action IN ('created', 'updated', 'deleted')`)
export class AlertConfigChangeEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'alert_config_changes_pkey' })
  id!: string;

  @Column('uuid')
  configId!: string;

  @Column('timestamptz')
  changedAt!: Date;

  @Column('text')
  changedBy!: string;

  @Column('text')
  action!: string;

  @Column('jsonb', { nullable: true })
  before!: unknown;

  @Column('jsonb', { nullable: true })
  after!: unknown;
}
