import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import type { StreamEvent } from '../rollups/reference.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { AlertBench } from './alert-bench.js';
import { inSoak } from '../support/soak.js';

const ZONE = 'Europe/Berlin';
const HOUR = 3_600_000;

jest.setTimeout(300_000);
let database: TestDatabase;
let bench: AlertBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new AlertBench(database.dataSource, { intervalSeconds: 60, zone: ZONE });
});
afterEach(() => bench.clear());
afterAll(() => database.drop());

const rule: Partial<AlertConfig> = {
  metric: 'business.orders',
  condition: 'anomaly',
  threshold: 5,
  windowSeconds: 3_600,
};

function order(at: DateTime): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'order',
    occurred_at: at.toUTC().toISO()!,
    order_id: randomUUID(),
    status: 'placed',
    currency: 'USD',
    total: 10,
    items: [{ product_id: 'p', quantity: 1, unit_price: 10 }],
  };
}

/** So many orders on each local day, spread over the hour from 9 to 10. */
async function shop(firstDay: string, days: number, countOf: (day: number) => number): Promise<Map<number, number>> {
  const first = DateTime.fromISO(`${firstDay}T09:00:00`, { zone: ZONE });
  const byHour = new Map<number, number>();
  const events: StreamEvent[] = [];
  for (let day = 0; day < days; day++) {
    const count = countOf(day);
    const nine = first.plus({ days: day });
    byHour.set(nine.toMillis(), count);
    for (let index = 0; index < count; index++) events.push(order(nine.plus({ minutes: 30, milliseconds: index })));
  }
  bench.rollups.clock.at = first.plus({ days: days + 8 }).toMillis();
  await bench.rollups.store(events);
  await bench.rollups.service.rollUp();
  return byHour;
}

/** The first hour of each local day and hour of the day. */
function localHours(from: number, to: number): Map<string, number> {
  const hours = new Map<string, number>();
  for (let at = from; at < to; at += HOUR) {
    const name = DateTime.fromMillis(at, { zone: ZONE }).toFormat('yyyy-MM-dd HH');
    if (!hours.has(name)) hours.set(name, at);
  }
  return hours;
}

/** The definition, from counts by hour: no code in common with what is tested. */
function scoreAt(tick: number, byHour: ReadonlyMap<number, number>, hours: Map<string, number>): number | null {
  const start = DateTime.fromMillis(tick - HOUR, { zone: ZONE });
  const first = Math.min(...byHour.keys());
  const week: number[] = [];
  const all: number[] = [];
  for (let days = 1; days <= 56; days++) {
    const day = DateTime.utc(start.year, start.month, start.day, start.hour).minus({ days });
    const found = hours.get(day.toFormat('yyyy-MM-dd HH'));
    if (found === undefined || found < first) continue;
    const value = byHour.get(found) ?? 0;
    all.push(value);
    if (days % 7 === 0) week.push(value);
  }
  const usual = week.length >= 6 ? week : all.length >= 7 ? all : [];
  if (usual.length === 0) return null;
  const middle = medianOf(usual);
  const difference = (byHour.get(tick - HOUR) ?? 0) - middle;
  const deviations = usual.map((value) => Math.abs(value - middle));
  const spread = 1.4826 * Math.max(medianOf(deviations), Math.abs(middle) / 100);
  if (difference === 0) return 0;
  return Math.max(-1_000, Math.min(1_000, difference / spread));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

const rounded = (score: number | null): number | null => score && Math.round(score * 1e9) / 1e9;

const preview = (from: string, to: string) =>
  bench.preview.preview({ ...defaults, ...rule } as AlertConfig, { from: new Date(from), to: new Date(to) });
const defaults = {
  filters: {},
  groupBy: null,
  recoveryThreshold: null,
  evaluationDelaySeconds: 0,
  minSamples: 0,
  forSeconds: 0,
  cooldownSeconds: 0,
  noData: 'ok',
  onError: 'keep',
};

const QUIET = [
  ['end', '2026-08-20', '2026-10-22T00:00:00Z', '2026-11-02T00:00:00Z'],
  ['beginning', '2026-01-20', '2026-03-26T00:00:00Z', '2026-04-06T00:00:00Z'],
] as const;
const SCORED = [
  ['end', '2026-08-20', '2026-10-12T00:00:00Z', '2026-11-02T00:00:00Z'],
  ['beginning', '2026-01-20', '2026-03-15T00:00:00Z', '2026-04-06T00:00:00Z'],
] as const;
/** Elsewhere one change of the clocks has to do. */
const CHANGES = inSoak ? 2 : 1;

it.each(QUIET.slice(0, CHANGES))(
  'does not fire at the %s of summer time on orders that keep to the local hour',
  async (_when, first, from, to) => {
    await shop(first, 80, () => 20);
    const { firings, series } = await preview(from, to);
    expect(firings).toEqual([]);
    expect(new Set(series[0]?.points.map(({ value }) => value))).toEqual(new Set([0]));
  },
);

it.each(SCORED.slice(0, CHANGES))(
  'gives the scores that the definition gives, over the %s of summer time',
  async (_when, first, from, to) => {
    const byHour = await shop(first, 80, (day) => 15 + ((day * 7) % 11) + (day === 70 ? 60 : 0));
    const { series } = await preview(from, to);
    const points = series[0]?.points ?? [];
    const hours = localHours(Date.parse(from) - 60 * 24 * HOUR, Date.parse(to));
    expect(points).toHaveLength((Date.parse(to) - Date.parse(from)) / HOUR + 1);
    const expected = points.map(({ at }) => [at, rounded(scoreAt(at, byHour, hours))]);
    expect(points.map(({ at, value }) => [at, rounded(value)])).toEqual(expected);
    expect(expected.filter(([, score]) => Math.abs(score ?? 0) > 1).length).toBeGreaterThan(3);
  },
);

it('gives the same live, with the peak that a preview finds', async () => {
  const byHour = await shop('2026-08-20', 68, (day) => (day === 67 ? 80 : 15 + ((day * 7) % 11)));
  const spike = [...byHour.keys()].at(-1)! + HOUR;
  await bench.add({ ...rule, cooldownSeconds: 0 });
  for (const hours of [-24, -1, 0, 1]) await bench.tick(spike + hours * HOUR);
  const [alert, ...others] = await bench.history();
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    triggered_at: new Date(spike),
    resolved_at: new Date(spike + HOUR),
    resolved_value: 0,
  });
  const hours = localHours(spike - 60 * 24 * HOUR, spike);
  expect(alert?.peak_value).toBeCloseTo(scoreAt(spike, byHour, hours)!, 9);
  bench.rollups.clock.at = spike + 9 * 24 * HOUR;
  const { firings } = await preview(new Date(spike - 24 * HOUR).toISOString(), new Date(spike + HOUR).toISOString());
  expect(firings).toEqual([{ from: spike, to: spike + HOUR, group: null, peak: alert?.peak_value }]);
});
