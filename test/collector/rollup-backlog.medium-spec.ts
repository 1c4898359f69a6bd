import { RollupBacklogRepository } from '../../src/collector/store/rollup-backlog.repository.js';
import { Catalogue } from '../../src/metrics/catalogue/catalogue.js';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOW = Date.parse('2026-11-22T10:00:30Z');

let database: TestDatabase;
let backlogs: RollupBacklogRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  backlogs = new RollupBacklogRepository(database.dataSource, new Catalogue(FAMILIES, []));
});

afterAll(() => database.drop());

beforeEach(() => database.dataSource.query('DELETE FROM rollup_invalidations; DELETE FROM raw_days'));

/** A mark of a minute that began, and was written, so many seconds ago. */
function mark(startedSecondsAgo: number, writtenSecondsAgo: number, family = 'api'): Promise<unknown> {
  return database.dataSource.query(
    `INSERT INTO rollup_invalidations (family, level, bucket_start, created_at) VALUES ($1, 'minute', $2, $3)`,
    [family, new Date(NOW - startedSecondsAgo * 1_000), new Date(NOW - writtenSecondsAgo * 1_000)],
  );
}

const now = () => backlogs.at(new Date(NOW));

it('knows of nothing where nothing waits', async () => {
  expect(await now()).toEqual({ lagSeconds: 0, lastRolledUpAt: null, isCatchingUp: false });
});

it('counts from the end of a minute, or from when something came late for it', async () => {
  await mark(30, 20);
  expect(await now()).toMatchObject({ lagSeconds: 0 });
  await mark(90, 80);
  expect(await now()).toMatchObject({ lagSeconds: 30 });
  await mark(690, 45, 'storefront');
  expect(await now()).toMatchObject({ lagSeconds: 45, isCatchingUp: false });
});

it('tells what is older from what is late', async () => {
  await mark(86_400, 10);
  expect(await now()).toMatchObject({ lagSeconds: 0, isCatchingUp: false });
  await mark(86_400, 90, 'errors');
  expect(await now()).toMatchObject({ lagSeconds: 0, isCatchingUp: true });
});

it('knows when events were last rolled up', async () => {
  const at = new Date(NOW - 5_000);
  await database.dataSource.query(`INSERT INTO raw_days (day, last_received_at) VALUES ('2026-11-21', $1)`, [at]);
  expect(await now()).toMatchObject({ lastRolledUpAt: at });
});
