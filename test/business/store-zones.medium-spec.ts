import { InvalidInputError } from '../../src/platform/errors/index.js';
import type { StreamEvent } from '../rollups/reference.js';
import { RollupBench } from '../rollups/rollup-bench.js';
import { openBusinessRig, order, servicesOf, visit, type BusinessRig } from './business-rig.js';

jest.setTimeout(300_000);

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const ZONES = [
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns', // forward on 8 March 2026
  'Australia/Adelaide', // back on 5 April 2026
  'Australia/Lord_Howe', // back by half an hour on 5 April 2026
  'Pacific/Chatham', // back on 5 April 2026
];

let rig: BusinessRig;
beforeAll(async () => {
  rig = await openBusinessRig();
});
afterAll(() => rig.close());

/** The local date, told by the runtime alone. */
function dateIn(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  return (ms) => format.format(ms);
}

/** The first quarter of an hour of every local date that begins in `[from, to)`: date → instant. */
function midnights(zone: string, from: number, to: number): Map<string, number> {
  const dateAt = dateIn(zone);
  const found = new Map<string, number>();
  let last = dateAt(from);
  for (let at = from; at < to; at += 15 * MINUTE_MS) {
    const date = dateAt(at);
    if (date !== last) found.set(date, at);
    last = date;
  }
  return found;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Orders around every midnight of every zone, and of the hours between, of amounts that tell them apart. */
function ordersAround(from: number, to: number): StreamEvent[] {
  const times = ZONES.flatMap((zone) =>
    [...midnights(zone, from, to).values()].flatMap((midnight) => [midnight - 1, midnight, midnight + 29 * MINUTE_MS]),
  );
  for (let at = from; at < to; at += 7 * 3_600_000 + 13 * MINUTE_MS) times.push(at);
  return times.map((at, place) => order(iso(at), { total: 1 + (place % 97), order_id: `o${place}` }));
}

/** What a plain sum over all events says of `[from, to)`. */
function sumOf(events: readonly StreamEvent[], from: number, to: number): number {
  return events
    .filter(({ occurred_at }) => Date.parse(occurred_at) >= from && Date.parse(occurred_at) < to)
    .reduce((total, event) => total + ((event as unknown as { total?: number }).total ?? 0), 0);
}

async function letRawAndMinutesGo(bench: RollupBench, days: number): Promise<void> {
  await bench.service.rollUp();
  bench.clock.at += days * DAY_MS;
  await bench.service.rollUp();
  await bench.retention.apply();
  const [row]: { left: number }[] = await bench.dataSource.query('SELECT count(*)::int AS left FROM analytics_events');
  expect(row?.left).toBe(0);
}

describe('a shop whose STORE_TIME_ZONE is not whole hours from UTC', () => {
  const FROM = Date.parse('2026-03-01T00:00:00Z');
  const TO = Date.parse('2026-04-12T00:00:00Z');
  let events: StreamEvent[];

  beforeAll(async () => {
    await rig.reset('2026-04-12T12:00:00Z');
    await rig.bench.minuteRetention('Asia/Kolkata').onModuleInit();
    events = ordersAround(FROM, TO);
    await rig.bench.store([...events, visit('2026-03-10T18:29:59Z', 'product_view', 's1', { product_id: 'p1' })]);
    await letRawAndMinutesGo(rig.bench, 100);
    // An event of a day that was dropped, and sealed, a minute after midnight in Kolkata.
    const late = order('2026-03-20T18:31:00Z', { total: 5_000 });
    await rig.bench.store([late]);
    events.push(late);
    await rig.bench.service.rollUp();
  });

  describe.each(ZONES)('such as %s, 100 days later', (zone) => {
    const days = midnights(zone, FROM, TO);
    const starts = [...days.values()];
    const [first, last] = [starts[0] ?? 0, starts.at(-1) ?? 0];

    it('has every local day exact', async () => {
      const query = { from: iso(first), to: iso(last), step: '1d' };
      const { points, meta } = await servicesOf(rig.bench, zone).series.sales(query);
      expect([meta.from, meta.to, meta.source]).toEqual([iso(first), iso(last), 'rollup']);
      expect(points.map(({ t, gross_sales }) => [t, gross_sales])).toEqual(
        starts.slice(0, -1).map((start, place) => [iso(start), sumOf(events, start, starts[place + 1] ?? last)]),
      );
    });

    it('has every local week exact, from Sunday', async () => {
      const sundays = [...days].filter(([date]) => new Date(date).getUTCDay() === 0).map(([, start]) => start);
      const query = { from: iso(sundays[0] ?? 0), to: iso(sundays.at(-1) ?? 0), step: '1w' };
      const { points } = await servicesOf(rig.bench, zone).series.sales(query);
      expect(points.map(({ t, gross_sales }) => [t, gross_sales])).toEqual(
        sundays.slice(0, -1).map((start, place) => [iso(start), sumOf(events, start, sundays[place + 1] ?? 0)]),
      );
    });

    it('has a calendar range and the one before it exact', async () => {
      const now = rig.bench.clock.at;
      rig.bench.clock.at = (days.get('2026-04-08') ?? 0) + DAY_MS / 2;
      try {
        const query = { range: 'last_week', compare: 'previous_period' as const };
        const { gross_sales, comparison, meta } = await servicesOf(rig.bench, zone).overviews.overview(query);
        const [before, begin, end] = ['2026-03-22', '2026-03-29', '2026-04-05'].map((date) => days.get(date) ?? 0);
        expect([meta.from, meta.to, meta.compare_from, meta.compare_to]).toEqual(
          [begin, end, before, begin].map((at) => iso(at ?? 0)),
        );
        expect(gross_sales).toBe(sumOf(events, begin ?? 0, end ?? 0));
        expect(comparison?.gross_sales).toBe(sumOf(events, before ?? 0, begin ?? 0));
      } finally {
        rig.bench.clock.at = now;
      }
    });

    it('compares days over a change of the clocks with as many local days', async () => {
      for (const [begin, end, before] of [
        ['2026-03-08', '2026-03-09', '2026-03-07'],
        ['2026-04-05', '2026-04-07', '2026-04-03'],
      ].map((dates) => dates.map((date) => days.get(date) ?? 0))) {
        const query = { from: iso(begin!), to: iso(end!), compare: 'previous_period' as const };
        const { gross_sales, comparison } = await servicesOf(rig.bench, zone).overviews.overview(query);
        expect(gross_sales).toBe(sumOf(events, begin!, end!));
        expect(comparison?.gross_sales).toBe(sumOf(events, before!, begin!));
      }
    });
  });

  it('keeps minutes of business figures from the first event on, and of nothing else', async () => {
    const [row]: { minutes: number; oldest: Date }[] = await rig.bench.dataSource.query(
      `SELECT count(DISTINCT bucket_start)::int AS minutes, min(bucket_start) AS oldest FROM analytics_rollups
        WHERE family = 'orders' AND granularity = 'minute'`,
    );
    expect(row?.oldest).toEqual(new Date(FROM));
    const others: { rows: number }[] = await rig.bench.dataSource.query(
      `SELECT count(*)::int AS rows FROM analytics_rollups
        WHERE granularity = 'minute' AND NOT family = ANY('{orders,order_collections,order_products,customers,storefront,storefront_products,inventory}')`,
    );
    expect(others[0]?.rows).toBe(0);
  });
});

describe('a zone that is not whole hours from UTC', () => {
  const refusalOf = async (asked: Promise<unknown>): Promise<string> => {
    const refusal = await asked.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    const [{ path, message } = { path: '', message: '' }] = (refusal as InvalidInputError).errors;
    expect(path).toBe('time_zone');
    return message;
  };

  it('is exact as far back as minutes or raw events are kept in a shop of another zone, and refused before that', async () => {
    await rig.reset('2026-11-22T12:00:00Z');
    await rig.bench.minuteRetention('UTC').onModuleInit();
    const events = ordersAround(Date.parse('2026-11-10T00:00:00Z'), Date.parse('2026-11-22T00:00:00Z'));
    await rig.bench.store(events);
    await rig.bench.service.rollUp();
    const query = { time_zone: 'Asia/Kolkata', step: '1d', from: '2026-11-15T18:30:00Z', to: '2026-11-21T18:30:00Z' };
    const { points } = await rig.series.sales(query);
    expect(points.map(({ gross_sales }) => gross_sales)).toEqual(
      points.map(({ t }) => sumOf(events, Date.parse(t ?? ''), Date.parse(t ?? '') + DAY_MS)),
    );
    expect(points).toHaveLength(6);
    for (const refused of [
      { ...query, from: '2026-11-14T18:30:00Z' },
      { ...query, compare: 'previous_year' as const },
    ]) {
      expect(await refusalOf(rig.series.sales(refused))).toContain('exact from 2026-11-15T00:00:00.000Z on');
    }
    // In summer Lord Howe is 11 hours from UTC.
    await rig.overviews.overview({ ...query, from: '2026-11-01T13:00:00Z', time_zone: 'Australia/Lord_Howe' });
  });

  it('that the shop is changed to later is exact from then on, and refused before that, never wrong', async () => {
    await rig.reset('2026-06-01T12:00:00Z');
    const { bench } = rig;
    bench.policy.keepMinutesSince(undefined);
    await bench.minuteRetention('UTC').onModuleInit();
    const old = ordersAround(Date.parse('2026-05-10T00:00:00Z'), Date.parse('2026-05-20T00:00:00Z'));
    await bench.store(old);
    await letRawAndMinutesGo(bench, 30);
    const changedAt = bench.clock.at;
    await bench.minuteRetention('Asia/Kolkata').onModuleInit();
    const shop = servicesOf(bench, 'Asia/Kolkata');
    const since = iso(changedAt - DAY_MS);
    const may = { from: '2026-05-10T18:30:00Z', to: '2026-05-19T18:30:00Z', step: '1d' };
    // Raw events are kept seven days: until they are gone, days are exact from there on.
    expect(await refusalOf(shop.series.sales(may))).toContain('is not whole hours from UTC');
    const fresh = ordersAround(changedAt, changedAt + 4 * DAY_MS);
    bench.clock.at += 4 * DAY_MS;
    await bench.store(fresh);
    await letRawAndMinutesGo(bench, 100);
    expect(await refusalOf(shop.series.sales(may))).toContain(`exact from ${since} on`);
    expect(
      (
        await shop.overviews.overview({
          ...may,
          time_zone: 'UTC',
          from: '2026-05-10T18:00:00Z',
          to: '2026-05-19T18:00:00Z',
        })
      ).gross_sales,
    ).toBe(sumOf(old, Date.parse('2026-05-10T18:00:00Z'), Date.parse('2026-05-19T18:00:00Z')));
    const from = Date.parse(`${since.slice(0, 10)}T18:30:00Z`);
    const { points } = await shop.series.sales({ from: iso(from), to: iso(from + 4 * DAY_MS), step: '1d' });
    expect(points.map(({ gross_sales }) => gross_sales)).toEqual(
      points.map((_, day) => sumOf(fresh, from + day * DAY_MS, from + (day + 1) * DAY_MS)),
    );
  });

  it('has its minutes kept by processes that were there before it was set', async () => {
    await rig.reset('2026-06-01T12:00:00Z');
    const other = new RollupBench(rig.bench.dataSource);
    other.clock.at = rig.bench.clock.at;
    await other.minuteRetention('UTC').onModuleInit();
    await rig.bench.minuteRetention('Asia/Kathmandu').onModuleInit();
    await other.store([order('2026-03-10T18:14:00Z', { total: 3 }), order('2026-03-10T18:15:00Z', { total: 5 })]);
    await letRawAndMinutesGo(other, 100);
    rig.bench.clock.at = other.clock.at;
    const shop = servicesOf(rig.bench, 'Asia/Kathmandu');
    const day = { from: '2026-03-10T18:15:00Z', to: '2026-03-11T18:15:00Z', compare: 'previous_period' as const };
    const { gross_sales, comparison } = await shop.overviews.overview(day);
    expect([gross_sales, comparison?.gross_sales]).toEqual([5, 3]);
  });
});
