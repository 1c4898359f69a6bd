import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who replaced the price table, and with what. */
@Entity('ml_pricing_changes')
export class MlPricingChangeEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'ml_pricing_changes_pkey' })
  id!: string;

  @Column('timestamptz', { default: () => 'now()' })
  changedAt!: Date;

  @Column('text')
  changedBy!: string;

  @Column('jsonb')
  before!: unknown;

  @Column('jsonb')
  after!: unknown;
}
