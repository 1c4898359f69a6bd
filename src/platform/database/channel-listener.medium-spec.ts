import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { until } from '../../../test/support/app-process.js';
import { Logger } from '../logging/index.js';
import { ChannelListener } from './channel-listener.js';

const HEARD_MS = 20_000;
const TEST_TIMEOUT_MS = 90_000;
const LISTENERS = `FROM pg_stat_activity WHERE application_name = 'analytics listener' AND datname = current_database()`;

let database: TestDatabase;
let listener: ChannelListener;
let notices = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => listener.stop());

async function listen(url: string): Promise<void> {
  const log = Logger.create('error', () => undefined);
  listener = new ChannelListener({ url, channel: 'changes', log, onNotice: () => (notices += 1) });
  listener.start();
  await until(() => listener.isHearing, HEARD_MS);
}

async function listenerIds(): Promise<number[]> {
  return (await database.dataSource.query<{ pid: number }[]>(`SELECT pid ${LISTENERS}`)).map(({ pid }) => pid);
}

/** As an administrator does, or a server that restarts. */
async function killListeners(): Promise<void> {
  await database.dataSource.query(`SELECT pg_terminate_backend(pid) ${LISTENERS}`);
}

async function expectToHear(): Promise<void> {
  const before = notices;
  await database.dataSource.query('NOTIFY changes');
  await until(() => notices > before, HEARD_MS);
}

it(
  'hears again after its connection was killed, and tells of what it may have missed',
  async () => {
    await listen(database.url);
    await expectToHear();
    const [killed] = await listenerIds();
    const before = notices;
    await killListeners();
    await until(() => notices > before, HEARD_MS);
    expect(listener.isHearing).toBe(true);
    expect(await listenerIds()).not.toContain(killed);
    await expectToHear();
  },
  TEST_TIMEOUT_MS,
);

it(
  'survives being killed again as soon as it is back',
  async () => {
    await listen(database.url);
    for (let time = 0; time < 3; time++) {
      const killed = await listenerIds();
      await killListeners();
      // Connected, and perhaps not listening yet.
      await until(async () => (await listenerIds()).some((pid) => !killed.includes(pid)), HEARD_MS);
    }
    await expectToHear();
  },
  TEST_TIMEOUT_MS,
);

it(
  'survives a server that complains more than once before it goes',
  async () => {
    const between = await openBetween(new URL(database.url));
    const url = new URL(database.url);
    [url.hostname, url.port] = ['127.0.0.1', String((between.server.address() as AddressInfo).port)];
    await listen(url.href);
    const complaint = errorResponse('57P01');
    const [client] = between.clients.splice(0);
    client?.end(Buffer.concat([complaint, complaint]));
    await until(() => between.clients.length > 0 && listener.isHearing, HEARD_MS);
    await expectToHear();
    await listener.stop();
    await new Promise((resolve) => between.server.close(resolve));
  },
  TEST_TIMEOUT_MS,
);

/** Somebody on the way to the database who can speak in its place. */
async function openBetween({ hostname, port }: URL): Promise<{ server: Server; clients: Socket[] }> {
  const clients: Socket[] = [];
  const server = createServer((client) => {
    const behind = connect({ host: hostname, port: Number(port) });
    clients.push(client);
    for (const [one, other] of [[client, behind] as const, [behind, client] as const]) {
      one.pipe(other, { end: false });
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await until(() => server.listening, HEARD_MS);
  return { server, clients };
}

/** As PostgreSQL's protocol has it: type, length, fields that end with a zero. */
function errorResponse(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mterminating connection\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + length.length);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}
