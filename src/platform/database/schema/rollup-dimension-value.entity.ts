import { Entity, PrimaryColumn } from 'typeorm';

const KEY = { primaryKeyConstraintName: 'rollup_dimension_values_pkey' };

/** A value of a dimension that a family keeps on a day; the number of them is capped. */
@Entity('rollup_dimension_values')
export class RollupDimensionValueEntity {
  @PrimaryColumn('text', KEY)
  family!: string;

  @PrimaryColumn('text', KEY)
  dimension!: string;

  @PrimaryColumn('date', KEY)
  day!: string;

  @PrimaryColumn('text', KEY)
  value!: string;
}
