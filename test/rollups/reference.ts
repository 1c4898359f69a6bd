import { Decimal } from '../../src/metrics/domain/decimal.js';
import type { Level } from '../../src/metrics/planner/level.js';

/** An event of the random streams: just the columns that rollups look at. */
export interface StreamEvent {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly event_type: 'api_request' | 'ml_job' | 'order' | 'storefront' | 'inventory' | 'error';
  readonly [column: string]: unknown;
}

/** What a rollup row of one key has to say, computed from every event by the plainest means. */
export interface ReferenceRow {
  count: number;
  values: number[];
  sums: Record<string, Decimal>;
  people: Set<string>;
  /** Everything that was reported at the latest time: of two reports of one instant either may be the last. */
  last: { at: string; values: number[] };
}

interface Fact {
  readonly family: string;
  readonly dimensions: readonly string[];
  readonly value?: number;
  readonly sums?: Record<string, Decimal | number>;
  readonly who?: string;
  readonly last?: { readonly at: string; readonly value: number };
}

interface Line {
  readonly product_id: string;
  readonly collection?: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly discount?: number;
}

/**
 * Every key (family, bucket, dimensions) of a level, and the bucket's total under no dimensions.
 * Shares nothing with the code under test.
 */
export function referenceRows(events: Iterable<StreamEvent>, level: Level): Map<string, ReferenceRow> {
  const rows = new Map<string, ReferenceRow>();
  for (const event of events) {
    const bucket = bucketStart(new Date(event.occurred_at), level).toISOString();
    for (const fact of factsOf(event)) {
      addFact(rows, keyOf(fact.family, bucket, fact.dimensions), fact);
      addFact(rows, keyOf(fact.family, bucket, []), fact);
    }
  }
  return rows;
}

/** Weeks start on Sunday, all in UTC. */
function bucketStart(at: Date, level: Level): Date {
  const day = at.getUTCDate() - (level === 'weekly' ? at.getUTCDay() : 0);
  const hour = level === 'hourly' || level === 'minute' ? at.getUTCHours() : 0;
  const minute = level === 'minute' ? at.getUTCMinutes() : 0;
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), day, hour, minute));
}

export function keyOf(family: string, bucket: string, dimensions: readonly string[]): string {
  return JSON.stringify([family, bucket, ...dimensions]);
}

export function nearestRank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(q * sorted.length - 1e-9) - 1] ?? NaN;
}

function addFact(rows: Map<string, ReferenceRow>, key: string, fact: Fact): void {
  const row = rows.get(key) ?? {
    count: 0,
    values: [],
    sums: {},
    people: new Set<string>(),
    last: { at: '', values: [] },
  };
  row.count += 1;
  if (fact.value !== undefined) row.values.push(fact.value);
  for (const [name, amount] of Object.entries(fact.sums ?? {})) {
    row.sums[name] = new Decimal(row.sums[name] ?? 0).plus(amount);
  }
  if (fact.who !== undefined) row.people.add(fact.who);
  if (fact.last && fact.last.at > row.last.at) row.last = { at: fact.last.at, values: [] };
  if (fact.last && fact.last.at === row.last.at) row.last.values.push(fact.last.value);
  rows.set(key, row);
}

export function factsOf(event: StreamEvent): Fact[] {
  const text = (column: string): string => (event[column] as string | undefined) ?? '';
  const who = event['session_id'] as string | undefined;
  switch (event.event_type) {
    case 'api_request': {
      const statusClass = `${Math.floor(Number(event['status_code']) / 100)}xx`;
      const dimensions = [text('method'), text('route'), statusClass, text('service')];
      const sums = { throttled: event['status_code'] === 429 ? 1 : 0 };
      return [{ family: 'api', dimensions, value: Number(event['duration_ms']), sums }];
    }
    case 'ml_job':
      return [mlFact(event, text)];
    case 'order':
      return orderFacts(event, text, who);
    case 'storefront':
      return storefrontFacts(text, who);
    case 'inventory':
      return [inventoryFact(event, text)];
    default:
      return [{ family: 'errors', dimensions: ['name', 'service', 'severity'].map(text) }];
  }
}

function storefrontFacts(text: (column: string) => string, who: string | undefined): Fact[] {
  const step = { family: 'storefront', dimensions: [text('name'), text('collection')], who };
  if (!text('product_id')) return [step];
  return [step, { ...step, family: 'storefront_products', dimensions: [...step.dimensions, text('product_id')] }];
}

function inventoryFact(event: StreamEvent, text: (column: string) => string): Fact {
  return {
    family: 'inventory',
    dimensions: [text('collection'), text('product_id')],
    last: { at: event.occurred_at, value: Number(event['quantity']) },
  };
}

function mlFact(event: StreamEvent, text: (column: string) => string): Fact {
  const number = (column: string): number | undefined => event[column] as number | undefined;
  const dimensions = ['pipeline', 'provider', 'model', 'status', 'stage', 'error_code'].map(text);
  const unpriced = number('cost_usd') === undefined ? 1 : 0;
  const [noInput, noOutput] = ['input_units', 'output_units'].map((column) =>
    number(column) === undefined ? unpriced : 0,
  );
  const sums = {
    cost_usd: number('cost_usd') ?? 0,
    unpriced_jobs: unpriced,
    unpriced_seconds: new Decimal(number('duration_ms') ?? NaN).div(1_000).times(unpriced),
    unpriced_input_units: unpriced * (number('input_units') ?? 0),
    unpriced_output_units: unpriced * (number('output_units') ?? 0),
    unpriced_unitless_jobs: noInput && noOutput ? 1 : 0,
    unpriced_inputless_jobs: noInput ?? NaN,
    unpriced_outputless_jobs: noOutput ?? NaN,
  };
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
  const net = new Decimal(amounts['total'] ?? 0).minus(amounts['tax'] ?? 0).minus(amounts['shipping'] ?? 0);
  const isPlaced = event['status'] === 'placed';
  const isGivenBack = event['status'] === 'refunded' || event['status'] === 'cancelled';
  const discounts = discountsOf(lines, grossOf, amounts['discount'] ?? 0);
  const shares = returnShares(lines, grossOf, discounts);
  const partOf = (some: readonly Line[], amountsOfLines: readonly Decimal[]): Decimal =>
    some.reduce((total, line) => total.plus(amountsOfLines[lines.indexOf(line)] ?? NaN), new Decimal(0));
  const lineSums = (some: readonly Line[]): Record<string, Decimal | number> => ({
    gross: grossOf(some),
    units: unitsOf(some),
    discount: partOf(some, discounts),
    returned: isGivenBack ? partOf(some, shares).times(net) : 0,
  });
  const collections = [...groupBy(lines, (line) => line.collection ?? '')].map(([collection, some]) => ({
    family: 'order_collections',
    dimensions: [...key, collection],
    who,
    value: isPlaced ? grossOf(some).minus(partOf(some, discounts)).toNumber() : undefined,
    sums: lineSums(some),
  }));
  const products = [...groupBy(lines, (line) => JSON.stringify([line.collection ?? '', line.product_id]))].map(
    ([pair, some]) => ({
      family: 'order_products',
      dimensions: [...key, ...(JSON.parse(pair) as string[])],
      who,
      sums: { ...lineSums(some), orders: isFirstOfProduct(JSON.parse(pair) as [string, string], lines) ? 1 : 0 },
    }),
  );
  const customer = event['customer_id'] as string | undefined;
  const named = new Set(lines.length === 0 ? [''] : lines.map((line) => line.collection ?? ''));
  const customers = [...(isPlaced && customer !== undefined ? named : [])].map((collection) => ({
    family: 'customers',
    dimensions: [text('currency'), collection],
    who: customer,
  }));
  return [
    {
      family: 'orders',
      dimensions: key,
      who,
      value: isPlaced ? net.toNumber() : undefined,
      sums: { ...amounts, units: unitsOf(lines) },
    },
    ...collections,
    ...products,
    ...customers,
  ];
}

type Gross = (some: readonly Line[]) => Decimal;

/** Of each line its own discount where any line has one, else its part of the order's by gross. */
function discountsOf(lines: readonly Line[], grossOf: Gross, discount: number): Decimal[] {
  if (lines.some((line) => line.discount !== undefined)) return lines.map((line) => new Decimal(line.discount ?? 0));
  const all = grossOf(lines);
  return lines.map((line) => (all.isZero() ? new Decimal(0) : grossOf([line]).times(discount).div(all)));
}

/** Which part of a refund each line gives back: by gross less discount, else by gross, else evenly. */
function returnShares(lines: readonly Line[], grossOf: Gross, discounts: readonly Decimal[]): Decimal[] {
  const gross = lines.map((line) => grossOf([line]));
  const net = gross.map((amount, index) => amount.minus(discounts[index] ?? 0));
  const total = (amounts: readonly Decimal[]): Decimal =>
    amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toDecimalPlaces(12);
  const weights = [net, gross].find((amounts) => !total(amounts).isZero()) ?? lines.map(() => new Decimal(1));
  return weights.map((weight) => weight.div(total(weights)));
}

/** An order counts once for a product, in the first of the collections its lines name; lines without one come last. */
function isFirstOfProduct([collection, product]: readonly [string, string], lines: readonly Line[]): boolean {
  const named = lines.flatMap((line) => (line.product_id === product && line.collection ? line.collection : []));
  return collection === (named.sort()[0] ?? '');
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOfItem(item), [...(groups.get(keyOfItem(item)) ?? []), item]);
  return groups;
}
