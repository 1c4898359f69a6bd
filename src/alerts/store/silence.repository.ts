import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Silence, SilenceMatchers, SilenceState } from '../domain/silence.js';
import type { Transaction } from './alert-database.js';
import type { Place } from '../dto/place.js';

interface Row {
  id: string;
  matchers: SilenceMatchers;
  starts_at: Date;
  ends_at: Date;
  reason: string;
  created_at: Date;
  created_by: string;
  ended_at: Date | null;
  ended_by: string | null;
}

export interface SilenceSearch {
  readonly state?: SilenceState | undefined;
  readonly at: Date;
  readonly limit: number;
  readonly after?: Place | undefined;
}

const COLUMNS = 'id, matchers, starts_at, ends_at, reason, created_at, created_by, ended_at, ended_by';
/** When it ends, or was ended. */
const END = 'coalesce(ended_at, ends_at)';
const STATES: Record<SilenceState, string> = {
  pending: `starts_at > $1 AND ${END} > $1`,
  active: `starts_at <= $1 AND ends_at > $1 AND ${END} > $1`,
  expired: `${END} <= $1`,
};

@Injectable()
export class SilenceRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** What silences notices at this instant. */
  async active(at: Date, handle: Transaction = this.dataSource.manager): Promise<Silence[]> {
    const rows: Row[] = await handle.query(`SELECT ${COLUMNS} FROM alert_silences WHERE ${STATES.active}`, [at]);
    return rows.map(silenceOfRow);
  }

  /** Newest first. */
  async page({ state, at, limit, after }: SilenceSearch): Promise<Silence[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM alert_silences
        WHERE $1::timestamptz IS NOT NULL AND ${state === undefined ? 'true' : STATES[state]}
          AND ($3::timestamptz IS NULL OR (created_at, id) < ($3::timestamptz, $4::uuid))
        ORDER BY created_at DESC, id DESC LIMIT $2`,
      [at, limit, after?.at ?? null, after?.id ?? null],
    );
    return rows.map(silenceOfRow);
  }

  async insert(silence: Silence): Promise<void> {
    const { id, matchers, startsAt, endsAt, reason, createdAt, createdBy } = silence;
    await this.dataSource.query(
      `INSERT INTO alert_silences (${COLUMNS}) VALUES ($1, $2::jsonb, $3, $4, $5, $6, $7, NULL, NULL)`,
      [id, JSON.stringify(matchers), startsAt, endsAt, reason, createdAt, createdBy],
    );
  }

  /** Ends it now, unless it ended before. @returns whether there is one */
  async end(id: string, at: Date, by: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query('SELECT FROM alert_silences WHERE id = $1', [id]);
    await this.dataSource.query(
      `UPDATE alert_silences SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL AND ends_at > $2`,
      [id, at, by],
    );
    return rows.length > 0;
  }
}

function silenceOfRow(row: Row): Silence {
  return {
    id: row.id,
    matchers: row.matchers,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: row.created_by,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
  };
}
