import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { SCHEMA_LOCK } from './advisory-keys.js';
import { translateDatabaseError } from './connection-failure.js';
import { dayAfter, EVENTS_TABLE, partitionDay, partitionName, utcDayOf, type UtcDay } from './partition.js';

/** A day is a table, its TOAST table and seven indexes, each locked until the commit; the server's lock table is bounded. */
const DAYS_PER_TRANSACTION = 20;
/** Enough for another process to make its partitions; less than what a sender waits for an answer. */
const LOCK_TIMEOUT_MS = 10_000;

type AttachListener = (tx: EntityManager, day: UtcDay) => Promise<void>;

/** Sees to it that there is a partition of `analytics_events` for every day that is written to. */
@Injectable()
export class PartitionKeeper {
  private readonly known = new Set<UtcDay>();
  private readonly listeners: AttachListener[] = [];
  private making: Promise<void> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  /** Whether all of these days are known to be there, without asking the database. */
  knows(days: Iterable<UtcDay>): boolean {
    for (const day of days) if (!this.known.has(day)) return false;
    return true;
  }

  /**
   * Makes the partitions that are missing. Costs nothing for days it has seen before. Uses a connection of its own, so
   * do not call it from inside a transaction.
   * @throws DependencyUnavailableError when the database is not there
   */
  async ensureDays(days: readonly UtcDay[]): Promise<void> {
    const missing = this.unknown(days);
    if (missing.length === 0) return;
    // One at a time: a hundred requests with the same new day shall not hold a hundred connections to wait for it.
    const turn = this.making.then(() => this.make(this.unknown(missing)));
    this.making = turn.catch(() => undefined);
    await turn;
  }

  /** The day of `from` and the `days` after it, so that midnight finds its partition there. */
  async ensureAhead(from: Date, days: number): Promise<void> {
    const first = utcDayOf(from);
    await this.ensureDays(Array.from({ length: days + 1 }, (_, index) => dayAfter(first, index)));
  }

  /** Days that have a partition, oldest first. */
  async list(): Promise<UtcDay[]> {
    return attachedDays(this.dataSource.manager);
  }

  /**
   * Detaches and drops the partition of a day, if it is empty: CONCURRENTLY, so that nobody who reads or writes other
   * days waits. An event that comes for the day meanwhile opens it anew.
   */
  async dropEmptyDay(day: UtcDay): Promise<void> {
    this.forget([day]);
    const session = this.dataSource.createQueryRunner();
    try {
      await session.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await session.query('SELECT pg_advisory_lock($1, $2)', [...SCHEMA_LOCK]);
      await this.drop(session, day);
    } finally {
      await session.query('SELECT pg_advisory_unlock($1, $2)', [...SCHEMA_LOCK]).catch(() => undefined);
      await session.query('RESET lock_timeout').catch(() => undefined);
      await session.release();
    }
  }

  /** Ends what a process began that died while it dropped a day: what was written to it is put back. */
  async finishDrops(): Promise<void> {
    const rows: { name: string }[] = await this.dataSource.query(
      `SELECT c.relname AS name FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = $1::regclass)
          AND c.relname LIKE $2 AND (i.inhrelid IS NULL OR i.inhdetachpending)`,
      [EVENTS_TABLE, `${EVENTS_TABLE}\\_p%`],
    );
    for (const { name } of rows) {
      const day = partitionDay(name);
      if (day) await this.dropEmptyDay(day);
    }
  }

  /**
   * `listener` is told in the transaction that attaches a partition with events in it that could not be seen while it
   * was detached. Whoever keeps figures of events has to make up for them.
   */
  whenAttachedAgain(listener: AttachListener): void {
    this.listeners.push(listener);
  }

  /** Stop believing that these days (all, if none is named) are there. Call it when {@link isMissingPartition}. */
  forget(days: Iterable<UtcDay> = [...this.known]): void {
    for (const day of days) this.known.delete(day);
  }

  private unknown(days: readonly UtcDay[]): UtcDay[] {
    return [...new Set(days)].filter((day) => !this.known.has(day)).sort();
  }

  private async make(days: readonly UtcDay[]): Promise<void> {
    try {
      for (let start = 0; start < days.length; start += DAYS_PER_TRANSACTION) {
        const batch = days.slice(start, start + DAYS_PER_TRANSACTION);
        await this.dataSource.transaction((tx) => this.createMissing(tx, batch));
        batch.forEach((day) => this.known.add(day));
      }
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  private async createMissing(tx: EntityManager, days: readonly UtcDay[]): Promise<void> {
    await tx.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await tx.query('SELECT pg_advisory_xact_lock($1, $2)', [...SCHEMA_LOCK]);
    const attached = new Set(await attachedDays(tx));
    for (const day of days) {
      if (attached.has(day)) continue;
      // Left by a process that died while it dropped the day: what is in it belongs to the day.
      if ((await stateOf(tx, day)) !== 'gone') await this.attachAgain(tx, day);
      else for (const statement of createPartition(day)) await tx.query(statement);
    }
  }

  private async drop(session: QueryRunner, day: UtcDay): Promise<void> {
    const state = await stateOf(session.manager, day);
    if (state === 'gone') return;
    if (state === 'attached') {
      if (await isFilled(session.manager, day)) return;
      await session.query(`ALTER TABLE ${EVENTS_TABLE} DETACH PARTITION ${partitionName(day)} CONCURRENTLY`);
    }
    await session.manager.transaction((tx) => this.dropOrAttachAgain(tx, day));
  }

  /** Something may have been written between the look and the detaching. */
  private async dropOrAttachAgain(tx: EntityManager, day: UtcDay): Promise<void> {
    const name = partitionName(day);
    await tx.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
    if (await isFilled(tx, day)) return this.attachAgain(tx, day);
    if ((await stateOf(tx, day)) === 'detaching') await tx.query(finishDetaching(day));
    await tx.query(`DROP TABLE ${name}`);
  }

  private async attachAgain(tx: EntityManager, day: UtcDay): Promise<void> {
    if ((await stateOf(tx, day)) === 'detaching') await tx.query(finishDetaching(day));
    await tx.query(attachPartition(day));
    if (await isFilled(tx, day)) for (const listener of this.listeners) await listener(tx, day);
  }
}

/** Whether an INSERT or COPY failed because the partition of its day is gone (retention took it) or was never made. */
export function isMissingPartition(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === '23514' && typeof message === 'string' && message.startsWith('no partition of relation');
}

/**
 * `PARTITION OF` would lock the parent against every writer. A table made beside it and attached does not, and the
 * CHECK spares ATTACH the scan that proves that the rows fit.
 */
function createPartition(day: UtcDay): string[] {
  const name = partitionName(day);
  const [from, to] = [`'${day} 00:00:00+00'`, `'${dayAfter(day)} 00:00:00+00'`];
  const check = `${name}_day`;
  return [
    // A process that was killed between CREATE and ATTACH leaves nothing behind, since both are in one transaction.
    `CREATE TABLE ${name} (LIKE ${EVENTS_TABLE} INCLUDING ALL,
       CONSTRAINT ${check} CHECK (occurred_at >= ${from} AND occurred_at < ${to}))`,
    attachPartition(day),
    `ALTER TABLE ${name} DROP CONSTRAINT ${check}`,
  ];
}

function attachPartition(day: UtcDay): string {
  return `ALTER TABLE ${EVENTS_TABLE} ATTACH PARTITION ${partitionName(day)}
    FOR VALUES FROM ('${day} 00:00:00+00') TO ('${dayAfter(day)} 00:00:00+00')`;
}

/** A detaching that was interrupted cannot be begun again. */
function finishDetaching(day: UtcDay): string {
  return `ALTER TABLE ${EVENTS_TABLE} DETACH PARTITION ${partitionName(day)} FINALIZE`;
}

async function stateOf(db: EntityManager, day: UtcDay): Promise<'attached' | 'detaching' | 'detached' | 'gone'> {
  const [row]: { attached: boolean; detaching: boolean | null }[] = await db.query(
    `SELECT i.inhrelid IS NOT NULL AS attached, i.inhdetachpending AS detaching
       FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.oid = to_regclass($1)`,
    [partitionName(day)],
  );
  if (!row) return 'gone';
  if (!row.attached) return 'detached';
  return row.detaching ? 'detaching' : 'attached';
}

async function isFilled(db: EntityManager, day: UtcDay): Promise<boolean> {
  const [row]: { filled: boolean }[] = await db.query(`SELECT EXISTS (SELECT 1 FROM ${partitionName(day)}) AS filled`);
  return row?.filled === true;
}

async function attachedDays(db: EntityManager): Promise<UtcDay[]> {
  const rows: { name: string }[] = await db.query(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = to_regclass('${EVENTS_TABLE}') AND NOT i.inhdetachpending ORDER BY 1`,
  );
  return rows.map(({ name }) => partitionDay(name)).filter((day) => day !== undefined);
}
