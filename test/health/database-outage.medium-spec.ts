import { SeverableLink } from '../collector/severable-link.js';
import { startApp, type StartedApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { timedHealth } from './timed-health.js';

const WAIT_MS = 20_000;

let database: TestDatabase;
let link: SeverableLink;
let app: StartedApp;

beforeAll(async () => {
  database = await createTestDatabase();
  link = await SeverableLink.to(database.url);
  app = await startApp({ env: { DATABASE_URL: link.url, METRICS_SCRAPE_INTERVAL_SECONDS: '1' } });
});

afterEach(() => link.restore());

afterAll(async () => {
  await app.stop();
  await link.close();
  await database.drop();
});

const { ask, askUntil } = timedHealth(() => app, WAIT_MS);

it.each([
  ['hangs', () => link.freeze()],
  ['is gone', () => link.shutDown()],
])('says within half a second that the database %s, with what was known of it, and that it is back', async (_, end) => {
  const before = await askUntil('database', ({ status, meta }) => status === 'healthy' && !meta.stale);
  end();
  const overview = await askUntil('overview', ({ components }) => components.database.status === 'down');
  expect(overview).toMatchObject({ status: 'down', meta: { source: 'prometheus' } });
  expect(overview.components.database.detail).not.toBe('');
  const known = await ask('database');
  expect(known).toMatchObject({
    status: 'down',
    connections: { max: before.connections.max },
    largest_tables: before.largest_tables,
    meta: { stale: true },
  });
  await ask('api');
  link.restore();
  await askUntil('overview', ({ components }) => components.database.status === 'healthy');
});
