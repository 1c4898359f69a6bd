import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A dimension of a family on a day, and how many values of it are kept then. */
export interface CappedDimension {
  readonly family: string;
  readonly dimension: string;
  readonly day: string;
  readonly cap: number;
}

/** Which values of a dimension a family keeps on a day; the first ones seen are kept, up to the dimension's cap. */
@Injectable()
export class DimensionValueRepository {
  /**
   * Admits what still fits of `values` and returns those that are kept. Works under the family's lock, so two writers
   * cannot both take the last place.
   */
  async admit(
    tx: EntityManager,
    { family, dimension, day, cap }: CappedDimension,
    values: readonly string[],
  ): Promise<Set<string>> {
    const key = [family, dimension, day];
    const known: { value: string }[] = await tx.query(
      `SELECT value FROM rollup_dimension_values
        WHERE family = $1 AND dimension = $2 AND day = $3 AND value = ANY($4::text[])`,
      [...key, values],
    );
    const kept = new Set(known.map(({ value }) => value));
    const unknown = values.filter((value) => !kept.has(value));
    if (unknown.length === 0) return kept;
    const admitted: { value: string }[] = await tx.query(
      `INSERT INTO rollup_dimension_values (family, dimension, day, value)
       SELECT $1, $2, $3::date, value FROM unnest($4::text[]) AS fresh(value) ORDER BY value
       LIMIT greatest(0, $5 - (SELECT count(*) FROM rollup_dimension_values
                                WHERE family = $1 AND dimension = $2 AND day = $3::date))
       RETURNING value`,
      [...key, unknown, cap],
    );
    admitted.forEach(({ value }) => kept.add(value));
    return kept;
  }

  /** A day whose raw events are gone starts anew if it is ever opened again. */
  async forget(tx: EntityManager, day: string): Promise<void> {
    await tx.query(`DELETE FROM rollup_dimension_values WHERE day = $1`, [day]);
  }
}
