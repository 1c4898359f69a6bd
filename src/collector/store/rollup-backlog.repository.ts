import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Catalogue } from '../../metrics/index.js';

/** How the rollups of the events of the moment are doing. */
export interface RollupBacklog {
  /** How long the oldest closed minute of late has been waiting; 0 when none is. */
  readonly lagSeconds: number;
  /** When a worker last rolled events up; null: never. */
  readonly lastRolledUpAt: Date | null;
  /** Whether older minutes wait as well: a backfill, or what an outage left. */
  readonly isCatchingUp: boolean;
}

/** What a live sender's events may be late by. What is older is no lag of the moment. */
const RECENT = `interval '15 minutes'`;
/** An older minute that waits for longer is work of its own; a single event that comes that late is not. */
const BRIEFLY = `interval '60 seconds'`;

const SQL = `SELECT
  (SELECT extract(epoch FROM $2::timestamptz - min(greatest(created_at, bucket_start + interval '1 minute'))) FROM rollup_invalidations
    WHERE family = ANY($1) AND level = 'minute' AND bucket_start > $2::timestamptz - ${RECENT}
      AND bucket_start <= $2::timestamptz - interval '1 minute') AS lag_seconds,
  (SELECT max(last_received_at) FROM raw_days) AS last_rolled_up_at,
  EXISTS (SELECT 1 FROM unnest($1::text[]) AS f(family) CROSS JOIN LATERAL (
            SELECT 1 FROM rollup_invalidations m WHERE m.family = f.family AND m.level = 'minute'
               AND m.bucket_start <= $2::timestamptz - ${RECENT} AND m.created_at < $2::timestamptz - ${BRIEFLY} LIMIT 1) one) AS is_catching_up`;

@Injectable()
export class RollupBacklogRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
  ) {}

  async at(now: Date): Promise<RollupBacklog> {
    const families = this.catalogue.eventFamilies.map(({ name }) => name);
    const [row]: { lag_seconds: string | null; last_rolled_up_at: Date | null; is_catching_up: boolean }[] =
      await this.dataSource.query(SQL, [families, now]);
    return {
      lagSeconds: Math.max(0, Number(row?.lag_seconds ?? 0)),
      lastRolledUpAt: row?.last_rolled_up_at ?? null,
      isCatchingUp: row?.is_catching_up === true,
    };
  }
}
