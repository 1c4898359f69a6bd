import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A new object each time: TypeORM writes the column's type into it. */
const primaryKey = () => ({ primaryKeyConstraintName: 'ml_pricing_pkey' });

/** What a provider asks for jobs of a model from a day on. */
@Entity('ml_pricing')
export class MlPriceEntity {
  @PrimaryColumn('text', primaryKey())
  provider!: string;

  /** `*`: every model without a price of its own. */
  @PrimaryColumn('text', primaryKey())
  model!: string;

  /** A UTC day. */
  @PrimaryColumn('date', primaryKey())
  validFrom!: string;

  @Column('numeric', { nullable: true })
  usdPerJob!: string | null;

  @Column('numeric', { nullable: true })
  usdPerSecond!: string | null;

  @Column('numeric', { nullable: true })
  usdPerInputUnit!: string | null;

  @Column('numeric', { nullable: true })
  usdPerOutputUnit!: string | null;
}
