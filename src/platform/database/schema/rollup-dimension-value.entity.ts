import { Entity, PrimaryColumn } from 'typeorm';

const KEY = 'rollup_dimension_values_pkey';

/** A value of a dimension that a family keeps on a day; the number of them is capped. */
@Entity('rollup_dimension_values')
export class RollupDimensionValueEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  family!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  dimension!: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: KEY })
  day!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: KEY })
  value!: string;
}
