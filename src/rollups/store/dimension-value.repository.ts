import { Injectable } from '@nestjs/common';
import type { Family } from '../../metrics/index.js';
import type { Transaction } from './rollup-database.js';

/** A value of a dimension on a UTC day. */
export interface DimensionValue {
  readonly dimension: string;
  readonly day: string;
  readonly value: string;
}

/** Which values of a dimension a family keeps on a day; the first ones seen are kept, up to the dimension's cap. */
@Injectable()
export class DimensionValueRepository {
  /**
   * Admits what still fits of `values` (each given once) and returns those that do not. Works under the family's lock,
   * so two writers cannot both take the last place.
   */
  async admit(tx: Transaction, family: Family, values: readonly DimensionValue[]): Promise<DimensionValue[]> {
    if (values.length === 0) return [];
    return tx.query(
      `WITH fresh AS (
         SELECT a.*, row_number() OVER (PARTITION BY dimension, day ORDER BY value) AS place
           FROM unnest($2::text[], $3::date[], $4::text[]) AS a(dimension, day, value)
          WHERE NOT EXISTS (SELECT 1 FROM rollup_dimension_values v
                             WHERE v.family = $1 AND (v.dimension, v.day, v.value) = (a.dimension, a.day, a.value))),
       kept AS (
         SELECT dimension, day, cap - (SELECT count(*) FROM rollup_dimension_values v
                                        WHERE v.family = $1 AND (v.dimension, v.day) = (f.dimension, f.day)) AS places
           FROM (SELECT DISTINCT dimension, day FROM fresh) f
           JOIN unnest($5::text[], $6::int[]) AS c(dimension, cap) USING (dimension)),
       admitted AS (
         INSERT INTO rollup_dimension_values (family, dimension, day, value)
         SELECT $1, dimension, day, value FROM fresh JOIN kept USING (dimension, day) WHERE place <= places)
       SELECT dimension, to_char(day, 'YYYY-MM-DD') AS day, value
         FROM fresh JOIN kept USING (dimension, day) WHERE place > places`,
      [
        family.name,
        values.map(({ dimension }) => dimension),
        values.map(({ day }) => day),
        values.map(({ value }) => value),
        family.dimensions.map(({ name }) => name),
        family.dimensions.map(({ cap }) => cap),
      ],
    );
  }

  /** A day whose raw events are gone starts anew if it is ever opened again. */
  async forget(tx: Transaction, day: string): Promise<void> {
    await tx.query(`DELETE FROM rollup_dimension_values WHERE day = $1`, [day]);
  }
}
