import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { aRule } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';
import { canMoveClocks, clockAhead } from '../support/moved-clock.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How long before its moment the service is started. */
const LEAD_MS = 75 * SECOND_MS;
const SEEN_WITHIN_MS = 2 * SECOND_MS;

/** A moment, and the zone of the shop. */
const CLOCKS: [name: string, moment: number, zone: string][] = [
  ['40 days ahead', Math.ceil(Date.now() / DAY_MS + 40) * DAY_MS, 'UTC'],
  ['begin of 29 February', Date.parse('2028-02-29T00:00:00Z'), 'UTC'],
  ['end of 29 February', Date.parse('2028-03-01T00:00:00Z'), 'UTC'],
  ['spring in Europe/Berlin', Date.parse('2027-03-28T01:00:00Z'), 'Europe/Berlin'],
  ['autumn in Europe/Berlin', Date.parse('2027-10-31T01:00:00Z'), 'Europe/Berlin'],
  ['spring in America/New_York', Date.parse('2027-03-14T07:00:00Z'), 'America/New_York'],
  ['autumn in America/New_York', Date.parse('2027-11-07T06:00:00Z'), 'America/New_York'],
  ['New Year', Date.parse('2028-01-01T00:00:00Z'), 'UTC'],
];

interface Sale {
  readonly at: number;
  readonly cents: number;
}

const startMoved = (dataDir: string, aheadMs: number, zone: string): Promise<StartedApp> =>
  startApp({
    env: {
      ...clockAhead(aheadMs / SECOND_MS),
      ...{ DATABASE_URL: '', REDIS_URL: '', STORE_TIME_ZONE: zone, ALERT_EVALUATION_INTERVAL_SECONDS: '1' },
    },
    dataDir,
  });

/** The service and its embedded PostgreSQL with another clock than this process. */
class MovedService {
  readonly sales: Sale[] = [];

  private constructor(
    public app: StartedApp,
    private aheadMs: number,
    readonly zone: string,
  ) {}

  static async start(moment: number, zone: string): Promise<MovedService> {
    const aheadMs = Math.round((moment - LEAD_MS - Date.now()) / SECOND_MS) * SECOND_MS;
    const dataDir = await mkdtemp(join(tmpdir(), 'analytics-test-'));
    return new MovedService(await startMoved(dataDir, aheadMs, zone), aheadMs, zone);
  }

  /** Starts it again so much later. */
  async sleep(ms: number): Promise<void> {
    await this.app.stop();
    this.aheadMs += ms;
    this.app = await startMoved(this.app.dataDir, this.aheadMs, this.zone);
  }

  async end(): Promise<void> {
    await this.app.stop();
    await rm(this.app.dataDir, { recursive: true, force: true });
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async request(path: string, request: AppRequest = {}): Promise<AppAnswer> {
    const token = await this.app.token(['admin'], { iat: Math.floor(this.now() / SECOND_MS) });
    return this.app.request(path.startsWith('/metrics') ? path : `${API}${path}`, { token, ...request });
  }

  async get(path: string): Promise<AppAnswer['body']> {
    const { status, body } = await this.request(path);
    expect([path, status]).toEqual([path, 200]);
    return body;
  }

  async send(events: object[]): Promise<void> {
    const { status, body } = await this.request('/events', { json: { events } });
    expect([status, body.rejected]).toEqual([202, []]);
  }

  async sell(times: readonly number[]): Promise<void> {
    const sales = times.map((at) => ({ at, cents: randomInt(1, 100_000) }));
    this.sales.push(...sales);
    await this.send(
      sales.map(({ at, cents }) => ({
        ...{ event_type: 'order', event_id: randomUUID(), occurred_at: new Date(at).toISOString() },
        ...{ order_id: randomUUID(), status: 'placed', currency: 'USD', total: cents / 100 },
        items: [{ product_id: 'p1', collection: 'signature', quantity: 1, unit_price: cents / 100 }],
      })),
    );
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const client = new pg.Client({ connectionString: await this.app.databaseUrl() });
    await client.connect();
    try {
      return Number((await client.query<{ count: string }>(sql, values)).rows[0]?.count);
    } finally {
      await client.end();
    }
  }

  /** The local day of a time, from the calendar of the runtime and not from the service's. */
  day(at: number): string {
    const options = { timeZone: this.zone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    return new Intl.DateTimeFormat('en-CA', options).format(at);
  }

  /** The day before, whatever the length of either. */
  dayBefore(day: string): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  }

  soldOn(day: string): { orders: number; cents: number } {
    const sales = this.sales.filter(({ at }) => this.day(at) === day);
    return { orders: sales.length, cents: sales.reduce((sum, { cents }) => sum + cents, 0) };
  }

  /** Waits until an overview of today has all that was sold; asks again within the time that a read may lag. */
  async seesToday(): Promise<void> {
    let seen: unknown;
    const expected = JSON.stringify(this.soldOn(this.day(this.now())));
    await until(
      async () =>
        (seen = JSON.stringify(figuresOf(await this.get('/business/overview?currency=USD&range=today')))) === expected,
      SEEN_WITHIN_MS,
      () => `It shows ${String(seen)} instead of ${expected}.`,
    );
  }
}

interface Figures {
  orders: number | null;
  gross_sales: number | null;
}
const figuresOf = ({ orders, gross_sales: sales }: Figures): { orders: number; cents: number } => ({
  orders: orders ?? 0,
  cents: Math.round((sales ?? 0) * 100),
});

let service: MovedService | undefined;

async function expectDays(moved: MovedService): Promise<void> {
  const today = moved.day(moved.now());
  const days = { today, yesterday: moved.dayBefore(today) };
  for (const [range, day] of Object.entries(days)) {
    const overview = await moved.get(`/business/overview?currency=USD&range=${range}`);
    expect({ range, ...figuresOf(overview) }).toEqual({ range, ...moved.soldOn(day) });
  }
  const { points } = await moved.get('/business/sales?currency=USD&range=7d&step=1d');
  const byDay = points.map((point: Figures & { t: string }) => [moved.day(Date.parse(point.t)), figuresOf(point)]);
  expect(new Set(byDay.map(([day]: [string]) => day)).size).toBe(byDay.length);
  const sold = byDay.map(([day]: [string]) => [day, moved.soldOn(day)]);
  expect(byDay).toEqual(sold);
  expect(sold.map(([day]: [string]) => day)).toEqual(expect.arrayContaining(Object.values(days)));
}

/** A minute that ended while the service ran is rolled up soon after. */
async function expectRolledUp(moved: MovedService, minute: number): Promise<void> {
  const rows = `SELECT count(*) FROM analytics_rollups WHERE family = 'orders' AND granularity = 'minute' AND bucket_start = $1`;
  await until(
    async () => (await moved.count(rows, [new Date(minute)])) > 0,
    2 * MINUTE_MS,
    () => `The minute ${new Date(minute).toISOString()} is not rolled up at ${new Date(moved.now()).toISOString()}.`,
  );
}

/** The retention runs at the start when its hour has come; nothing was received long enough ago to go. */
async function expectNothingDropped(moved: MovedService): Promise<void> {
  const events = (): Promise<number> =>
    moved.count("SELECT count(*) FROM analytics_events WHERE event_type <> 'alert'");
  const before = await events();
  await moved.sleep(65 * MINUTE_MS);
  await until(
    async () => {
      const { text } = await moved.request('/metrics');
      return /^job_duration_seconds_count\{[^}]*job="apply-retention"[^}]*\} [1-9]/m.test(text);
    },
    30_000,
    () => 'The retention does not run.',
  );
  const { text } = await moved.request('/metrics');
  expect(text).not.toMatch(/^job_duration_seconds_count\{[^}]*outcome="(failed|permanent)"[^}]*\} [1-9]/m);
  expect(await events()).toBe(before);
  expect(before).toBe(moved.sales.length + 1);
}

afterEach(async () => {
  await service?.end();
  service = undefined;
});

(canMoveClocks ? it : it.skip).each(CLOCKS)(
  'takes in, rolls up, keeps and alerts as ever: %s',
  async (_, moment, zone) => {
    const moved = await MovedService.start(moment, zone);
    service = moved;
    expect(moved.now()).toBeLessThan(moment);
    const hours = Array.from({ length: 6 * 24 }, (__, hour) => moved.now() - hour * HOUR_MS);
    await moved.sell([...hours, moment - 9 * DAY_MS]);
    await moved.seesToday();
    const { id } = (
      await moved.request('/alerts/configs', {
        json: aRule({ filters: { service: 'shop' }, threshold: 0, window_seconds: 60 }),
      })
    ).body;
    const history = async () => (await moved.get(`/alerts/history?config_id=${id}`)).items[0];
    await moved.send([{ event_type: 'error', name: 'Timeout', message: '', service: 'shop' }]);
    await until(
      async () => (await history()) !== undefined,
      15_000,
      () => 'The rule did not fire.',
    );
    expect(Math.abs(Date.parse((await history()).triggered_at) - moved.now())).toBeLessThan(15_000);
    await expectDays(moved);

    await until(() => moved.now() > moment - 2 * SECOND_MS, LEAD_MS);
    await moved.sell([moved.now()]);
    await moved.seesToday();
    await until(() => moved.now() > moment + SECOND_MS, LEAD_MS);
    await moved.sell([moment - 1, moment, moved.now()]);
    await moved.seesToday();
    await expectDays(moved);

    await expectRolledUp(moved, moment - MINUTE_MS);
    await expectRolledUp(moved, moment);
    await expectDays(moved);
    await until(
      async () => (await history()).status === 'resolved',
      2 * MINUTE_MS,
      () => 'The rule does not resolve.',
    );
    await expectNothingDropped(moved);
    await expectDays(moved);
    expect(moved.app.logs()).not.toMatch(/"level":"(error|fatal)"/);
  },
  6 * MINUTE_MS,
);
