import { Decimal } from '../../src/metrics/domain/decimal.js';
import { floorTo, type Level } from '../../src/metrics/planner/level.js';

/** An event of the random streams: just the columns that rollups look at. */
export interface StreamEvent {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly event_type: 'api_request' | 'ml_job' | 'order' | 'storefront';
  readonly [column: string]: unknown;
}

/** What a rollup row of one key has to say, computed from every event by the plainest means. */
export interface ReferenceRow {
  count: number;
  values: number[];
  sums: Record<string, Decimal>;
  people: Set<string>;
}

interface Fact {
  readonly family: string;
  readonly dimensions: readonly string[];
  readonly value?: number;
  readonly sums?: Record<string, Decimal | number>;
  readonly who?: string;
}

interface Line {
  readonly product_id: string;
  readonly collection?: string;
  readonly quantity: number;
  readonly unit_price: number;
}

/** Every key (family, bucket, dimensions) of a level. Shares nothing with the code under test but the bucket borders. */
export function referenceRows(events: Iterable<StreamEvent>, level: Level): Map<string, ReferenceRow> {
  const rows = new Map<string, ReferenceRow>();
  for (const event of events) {
    const bucket = new Date(floorTo(level, Date.parse(event.occurred_at))).toISOString();
    for (const fact of factsOf(event)) addFact(rows, keyOf(fact.family, bucket, fact.dimensions), fact);
  }
  return rows;
}

export function keyOf(family: string, bucket: string, dimensions: readonly string[]): string {
  return JSON.stringify([family, bucket, ...dimensions]);
}

export function nearestRank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(q * sorted.length - 1e-9) - 1] ?? NaN;
}

function addFact(rows: Map<string, ReferenceRow>, key: string, fact: Fact): void {
  const row = rows.get(key) ?? { count: 0, values: [], sums: {}, people: new Set<string>() };
  row.count += 1;
  if (fact.value !== undefined) row.values.push(fact.value);
  for (const [name, amount] of Object.entries(fact.sums ?? {}))
    row.sums[name] = new Decimal(row.sums[name] ?? 0).plus(amount);
  if (fact.who !== undefined) row.people.add(fact.who);
  rows.set(key, row);
}

function factsOf(event: StreamEvent): Fact[] {
  const text = (column: string): string => (event[column] as string | undefined) ?? '';
  const who = event['session_id'] as string | undefined;
  if (event.event_type === 'api_request') {
    const statusClass = `${Math.floor(Number(event['status_code']) / 100)}xx`;
    return [
      { family: 'api', dimensions: [text('method'), text('route'), statusClass], value: Number(event['duration_ms']) },
    ];
  }
  if (event.event_type === 'ml_job') return [mlFact(event, text)];
  if (event.event_type === 'storefront')
    return [{ family: 'storefront', dimensions: [text('name'), text('collection')], who }];
  return orderFacts(event, text, who);
}

function mlFact(event: StreamEvent, text: (column: string) => string): Fact {
  const cost = event['cost_usd'] as number | undefined;
  const dimensions = ['pipeline', 'provider', 'model', 'status', 'stage', 'error_code'].map(text);
  const sums = { cost_usd: cost ?? 0, unpriced_jobs: cost === undefined ? 1 : 0 };
  return { family: 'ml', dimensions, value: Number(event['duration_ms']), sums };
}

function orderFacts(event: StreamEvent, text: (column: string) => string, who: string | undefined): Fact[] {
  if (event['test'] === true) return [];
  const key = [text('status'), text('currency')];
  const lines = (event['items'] as Line[] | undefined) ?? [];
  const grossOf = (some: readonly Line[]): Decimal =>
    some.reduce((total, line) => total.plus(new Decimal(line.quantity).times(line.unit_price)), new Decimal(0));
  const unitsOf = (some: readonly Line[]): number => some.reduce((total, line) => total + line.quantity, 0);
  const amounts = Object.fromEntries(
    ['total', 'discount', 'tax', 'shipping'].map((name) => [name, Number(event[name] ?? 0)]),
  );
  const orderGross = grossOf(lines);
  const byCollection = groupBy(lines, (line) => line.collection ?? '');
  const collections = [...byCollection].map(([collection, some]) => ({
    family: 'order_collections',
    dimensions: [...key, collection],
    who,
    sums: {
      gross: grossOf(some),
      units: unitsOf(some),
      discount: orderGross.isZero() ? 0 : new Decimal(amounts['discount'] ?? 0).times(grossOf(some)).div(orderGross),
    },
  }));
  return [{ family: 'orders', dimensions: key, who, sums: { ...amounts, units: unitsOf(lines) } }, ...collections];
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOfItem(item), [...(groups.get(keyOfItem(item)) ?? []), item]);
  return groups;
}
