import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { PreparedEvent } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import { WRITER_POOL } from '../../platform/database/index.js';
import { COMMIT_COMPANIONS, companionSql, type CommitCompanion } from './commit-companion.js';
import { COPY_COLUMNS } from './copy-encoder.js';
import { copyIn } from './copy-in-query.js';
import { EventBatch } from './event-batch.js';
import { withClient } from './with-client.js';

const COPY_EVENTS = `COPY analytics_events (${COPY_COLUMNS}) FROM STDIN`;
/** The table lives as long as the connection, so that it costs the catalogue nothing; every commit empties it. */
const COPY_STAGING = `BEGIN;
CREATE TEMPORARY TABLE IF NOT EXISTS event_staging (LIKE analytics_events INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
COPY pg_temp.event_staging (${COPY_COLUMNS}) FROM STDIN`;
/** In the order of the key, so that two writers with common keys wait for each other and never deadlock. */
const INSERT_STAGED = `
INSERT INTO analytics_events (${COPY_COLUMNS})
SELECT DISTINCT ON (event_id, occurred_at) ${COPY_COLUMNS} FROM pg_temp.event_staging
ORDER BY event_id, occurred_at, event_staging.ctid
ON CONFLICT (event_id, occurred_at) DO NOTHING
RETURNING event_id, (extract(epoch FROM occurred_at) * 1000000)::bigint AS micros`;

/** Writes events, each call in one transaction together with what its companions have to say. */
@Injectable()
export class EventWriterRepository {
  constructor(
    @Inject(WRITER_POOL) private readonly pool: Pool,
    @Inject(COMMIT_COMPANIONS) private readonly companions: CommitCompanion[],
    private readonly clock: Clock,
  ) {}

  /** The fast way: straight into the table, in one round trip. Fails as a whole when a single event is known already. */
  async copy(batches: readonly EventBatch[]): Promise<void> {
    const sql = companionSql(this.companions, batches, this.clock.now()) + COPY_EVENTS;
    const data = batches.map((batch) => batch.copyText);
    await withClient(this.pool, (client) => copyIn(client, sql, data));
  }

  /** The way for repeats: what is known already is left out. Tells for each event whether it was new. */
  async insertMissing(events: readonly PreparedEvent[]): Promise<boolean[]> {
    return withClient(this.pool, async (client) => {
      try {
        await copyIn(client, COPY_STAGING, [EventBatch.of(events).copyText]);
        const { rows } = await client.query<{ event_id: string; micros: string }>(INSERT_STAGED);
        const isNew = flagFirstOf(events, new Set(rows.map(({ event_id, micros }) => `${event_id} ${micros}`)));
        const added = EventBatch.of(events.filter((_, index) => isNew[index]));
        const companions = companionSql(this.companions, [added], this.clock.now());
        await client.query(`${companions}COMMIT`);
        return isNew;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    });
  }
}

/** True for the first event of each inserted key. */
function flagFirstOf(events: readonly PreparedEvent[], inserted: Set<string>): boolean[] {
  return events.map(({ fields, occurredAtMicros }) =>
    inserted.delete(`${fields.event_id.toLowerCase()} ${occurredAtMicros}`),
  );
}
