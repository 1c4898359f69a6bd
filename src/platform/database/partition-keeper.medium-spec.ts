import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { dataSourceOptions } from './data-source-options.js';
import { dayAfter } from './partition.js';
import { isMissingPartition, PartitionKeeper } from './partition-keeper.js';

let database: TestDatabase;
/** What another process has. */
let elsewhere: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  elsewhere = await new DataSource(dataSourceOptions(database.url, 4)).initialize();
});
afterAll(async () => {
  await elsewhere.destroy();
  await database.drop();
});

function insert(occurredAt: string): Promise<unknown> {
  return database.dataSource.query(
    `INSERT INTO analytics_events (event_id, occurred_at, event_type, correlation_id)
     VALUES (gen_random_uuid(), $1, 'error', 'c')`,
    [occurredAt],
  );
}

function days(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayAfter(first, index));
}

describe('partitions', () => {
  it('take a UTC day from its first to its last instant, and nothing else', async () => {
    await new PartitionKeeper(database.dataSource).ensureDays(['2025-01-10']);
    await insert('2025-01-10T00:00:00.000Z');
    await insert('2025-01-10T23:59:59.999999Z');
    for (const outside of ['2025-01-09T23:59:59.999999Z', '2025-01-11T00:00:00Z']) {
      const failure: unknown = await insert(outside).catch((error: unknown) => error);
      expect(isMissingPartition((failure as { driverError: unknown }).driverError)).toBe(true);
    }
  });

  it('have every index of the table, and no CHECK left over', async () => {
    await new PartitionKeeper(database.dataSource).ensureDays(['2025-01-20']);
    const [found]: { indexes: string; attached: string; checks: string }[] = await database.dataSource.query(
      `SELECT count(*) AS indexes, count(i.inhparent) AS attached,
              (SELECT count(*) FROM pg_constraint WHERE conrelid = x.indrelid AND contype = 'c') AS checks
         FROM pg_index x LEFT JOIN pg_inherits i ON i.inhrelid = x.indexrelid
        WHERE x.indrelid = 'analytics_events_p20250120'::regclass GROUP BY x.indrelid`,
    );
    expect(found).toEqual({ indexes: '5', attached: '5', checks: '0' });
  });

  it('are made once when several processes want the same days at the same moment', async () => {
    const keepers = [database.dataSource, elsewhere].flatMap((source) => [
      new PartitionKeeper(source),
      new PartitionKeeper(source),
    ]);
    const wanted = days('2025-03-01', 45);
    await Promise.all(keepers.map((keeper, index) => keeper.ensureDays(index % 2 ? wanted : [...wanted].reverse())));
    expect((await keepers[0]!.list()).filter((day) => day.startsWith('2025-03') || day.startsWith('2025-04'))).toEqual(
      wanted,
    );
  });

  it('are not asked for again once they are known, until they are forgotten', async () => {
    const queries: string[] = [];
    const keeper = new PartitionKeeper(spyOn(database.dataSource, queries));
    await keeper.ensureDays(['2025-05-01']);
    expect(keeper.knows(['2025-05-01'])).toBe(true);
    expect(queries).toHaveLength(1);
    await Promise.all([keeper.ensureDays(['2025-05-01']), keeper.ensureDays(['2025-05-01'])]);
    expect(queries).toHaveLength(1);

    await elsewhere.query('DROP TABLE analytics_events_p20250501');
    const failure = (await insert('2025-05-01T12:00:00Z').catch((error: unknown) => error)) as { driverError: unknown };
    expect(isMissingPartition(failure.driverError)).toBe(true);
    keeper.forget(['2025-05-01']);
    await keeper.ensureDays(['2025-05-01']);
    await insert('2025-05-01T12:00:00Z');
  });

  it('are there ahead of time', async () => {
    const keeper = new PartitionKeeper(database.dataSource);
    await keeper.ensureAhead(new Date('2025-06-29T23:30:00Z'), 3);
    expect((await keeper.list()).filter((day) => day >= '2025-06')).toEqual(days('2025-06-29', 4));
  });

  it('are made beside a writer that is not done with another day', async () => {
    await new PartitionKeeper(database.dataSource).ensureDays(['2025-07-01']);
    await elsewhere.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO analytics_events (event_id, occurred_at, event_type, correlation_id)
         VALUES (gen_random_uuid(), '2025-07-01T10:00:00Z', 'error', 'c')`,
      );
      await new PartitionKeeper(database.dataSource).ensureDays(['2025-07-02']);
    });
    await insert('2025-07-02T10:00:00Z');
  });

  it('are not made for what is no day', async () => {
    const keeper = new PartitionKeeper(database.dataSource);
    await expect(keeper.ensureDays(["2025-08-01'; DROP TABLE analytics_events --"])).rejects.toThrow(RangeError);
    await keeper.ensureDays(['2025-08-01']);
  });

  it('cannot be made while the database is away, which the caller is told as such', async () => {
    const gone = await new DataSource(dataSourceOptions(database.url, 1)).initialize();
    const keeper = new PartitionKeeper(gone);
    const { master } = gone.driver as unknown as { master: { options: { port: number } } };
    master.options.port = 1;
    await gone.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
    await expect(keeper.ensureDays(['2025-09-01'])).rejects.toMatchObject({ code: 'dependency-unavailable' });
    expect(keeper.knows(['2025-09-01'])).toBe(false);
    await gone.destroy();
  });
});

/** Notes when a transaction is begun. */
function spyOn(dataSource: DataSource, notes: string[]): DataSource {
  return new Proxy(dataSource, {
    get: (target, name) => {
      if (name === 'transaction') notes.push('transaction');
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
