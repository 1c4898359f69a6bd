import { SeverableLink } from '../collector/severable-link.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type StartedApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const LONGEST_ANSWER_MS = 500;
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

/** Every answer is timed, and is one. */
async function ask(path: string): Promise<AppAnswer['body']> {
  const startedAt = performance.now();
  const { status, body } = await app.request(`${API}/health/${path}`, { role: 'admin' });
  const ms = performance.now() - startedAt;
  expect({ path, status, isInTime: ms < LONGEST_ANSWER_MS || ms }).toEqual({ path, status: 200, isInTime: true });
  return body;
}

async function askUntil(path: string, holds: (body: AppAnswer['body']) => boolean): Promise<AppAnswer['body']> {
  let body: AppAnswer['body'];
  await until(
    async () => holds((body = await ask(path))),
    WAIT_MS,
    () => JSON.stringify(body),
  );
  return body;
}

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
