import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';
import { floorTo } from '../planner/level.js';

/** One sample, ready to be stored: dimension values in the order in which the family declares them. */
export interface SampleRow {
  readonly family: string;
  readonly at: Date;
  /** Epoch milliseconds. */
  readonly minute: number;
  readonly dimensions: readonly string[];
  readonly value: number;
}

/**
 * Samples go straight into minute rollups. The row's lock is what orders two ticks and adds one to the other. The mark of
 * the hour commits with them, so whoever took it sees them, and what is added afterwards marks the hour again: the same
 * argument as for events, without a lock on the family, since nothing ever rewrites these minutes.
 */
@Injectable()
export class SampleRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws DependencyUnavailableError while the database is not there */
  async add(samples: readonly SampleRow[]): Promise<void> {
    const rows = JSON.stringify(samples.map((row) => ({ ...row, minute: new Date(row.minute) })));
    const hours = new Map(
      samples.map(({ family, minute }) => {
        const hour = floorTo('hourly', minute);
        return [`${family} ${hour}`, { family, hour: new Date(hour) }];
      }),
    );
    try {
      await this.dataSource.transaction(async (tx) => {
        await tx.query(ADD, [rows]);
        await tx.query(MARK, [JSON.stringify([...hours.values()])]);
      });
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

/** Ordered by key, so that two ticks which share several rows never wait for each other in a circle. */
const ADD = `INSERT INTO analytics_rollups AS r
    (granularity, family, bucket_start, dimensions, sealed, count, sum, avg, min, max, sums, last_value, last_at)
  SELECT 'minute', s.family, s.minute, s.dimensions, false, count(*), sum(s.value::numeric), avg(s.value), min(s.value),
         max(s.value), '{}', (array_agg(s.value::numeric ORDER BY s.at DESC))[1], max(s.at)
    FROM jsonb_to_recordset($1::jsonb) AS s(family text, at timestamptz, minute timestamptz, dimensions text[], value float8)
   GROUP BY s.family, s.minute, s.dimensions ORDER BY s.family, s.minute, s.dimensions
  ON CONFLICT (family, granularity, bucket_start, dimensions, sealed) DO UPDATE SET
    count = r.count + excluded.count,
    sum = r.sum + excluded.sum,
    avg = (r.sum + excluded.sum) / (r.count + excluded.count),
    min = least(r.min, excluded.min),
    max = greatest(r.max, excluded.max),
    last_value = CASE WHEN excluded.last_at >= r.last_at THEN excluded.last_value ELSE r.last_value END,
    last_at = greatest(r.last_at, excluded.last_at)`;

const MARK = `INSERT INTO rollup_invalidations (family, level, bucket_start)
  SELECT family, 'hourly', hour FROM jsonb_to_recordset($1::jsonb) AS h(family text, hour timestamptz)`;
