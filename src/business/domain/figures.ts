import type { Decimal } from 'decimal.js';
import type { MetricRow } from '../../metrics/index.js';
import { toMoney } from './money.js';

/** Figures that are money, by their name on the wire; the metric is `business.<name>`. */
const MONEY = [
  'gross_sales',
  'discounts',
  'returns',
  'net_sales',
  'total_sales',
  'average_order_value',
  'order_value_min',
  'order_value_max',
  'order_value_p50',
  'order_value_p95',
] as const;
type NumberFigure =
  | 'orders'
  | 'units'
  | 'customers'
  | 'order_events'
  | 'sessions'
  | 'conversion_rate'
  | 'views'
  | 'add_to_carts'
  | 'inventory'
  | 'days_of_stock'
  | 'share_of_sales'
  | 'rate_from_previous'
  | 'rate_from_start';

export type FigureName = (typeof MONEY)[number] | NumberFigure;
export type Figures<Name extends FigureName> = Record<Name, number | null>;
/** The statuses that move money; paid and fulfilled change no figure. */
export const LEDGER_STATUSES = ['placed', 'refunded', 'cancelled'];

/** Exact values by metric; what a feature computes from them stands beside them under `business.<figure>`. */
export type Values = MetricRow['values'];

export function metricOf(figure: FigureName): string {
  return `business.${figure}`;
}

/** A row of metric values as figures of the wire: money rounded to the minor unit, everything else as it is. */
export function toFigures<Name extends FigureName>(
  names: readonly Name[],
  values: Values,
  currency: string,
): Figures<Name> {
  const entries = names.map((name) => [name, toFigure(name, values[metricOf(name)], currency)]);
  return Object.fromEntries(entries) as Figures<Name>;
}

/** What an answer says of the time it is compared with. */
export type ComparedFigures<Name extends FigureName> = Figures<Name> & { change: Figures<Name> };

/** The figures of the earlier time, and by which fraction each has changed since. */
export function toComparison<Name extends FigureName>(
  names: readonly Name[],
  now: Values,
  then: Values,
  currency: string,
): ComparedFigures<Name> {
  return { ...toFigures(names, then, currency), change: changes(names, now, then) };
}

/** (now − then) / |then| for each figure; null against a baseline of 0 or none. */
function changes<Name extends FigureName>(names: readonly Name[], now: Values, then: Values): Figures<Name> {
  const entries = names.map((name) => [name, change(now[metricOf(name)], then[metricOf(name)])]);
  return Object.fromEntries(entries) as Figures<Name>;
}

/** null where there is nothing to divide, or nothing to divide by. */
export function ratio(part: Decimal | null | undefined, whole: Decimal | null | undefined): Decimal | null {
  return !part || !whole || whole.isZero() ? null : part.div(whole);
}

function toFigure(name: FigureName, value: Decimal | null | undefined, currency: string): number | null {
  if ((MONEY as readonly string[]).includes(name)) return toMoney(value, currency);
  return value === null || value === undefined ? null : value.toNumber();
}

function change(now: Decimal | null | undefined, then: Decimal | null | undefined): number | null {
  if (!now || !then || then.isZero()) return null;
  return now.minus(then).div(then.abs()).toNumber();
}
