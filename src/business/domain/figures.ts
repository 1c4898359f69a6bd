import type { Decimal } from 'decimal.js';
import type { MetricRow } from '../../metrics/index.js';
import { toMoney } from './money.js';

/** Figures that are money, by their name on the wire; the metric is `business.<name>`. */
const MONEY = ['gross_sales', 'discounts', 'returns', 'net_sales', 'total_sales', 'average_order_value'] as const;
type NumberFigure = 'orders' | 'units' | 'sessions' | 'conversion_rate' | 'order_events';

export type FigureName = (typeof MONEY)[number] | NumberFigure;
export type Figures<Name extends FigureName> = Record<Name, number | null>;

export function metricOf(figure: FigureName): string {
  return `business.${figure}`;
}

/** A row of metric values as figures of the wire: money rounded to the minor unit, everything else as it is. */
export function toFigures<Name extends FigureName>(
  names: readonly Name[],
  values: MetricRow['values'],
  currency: string,
): Figures<Name> {
  const entries = names.map((name) => [name, toFigure(name, values[metricOf(name)], currency)]);
  return Object.fromEntries(entries) as Figures<Name>;
}

/** (now − then) / then for each figure; null against a baseline of 0 or none. */
export function changes<Name extends FigureName>(
  names: readonly Name[],
  now: MetricRow['values'],
  then: MetricRow['values'],
): Figures<Name> {
  const entries = names.map((name) => [name, change(now[metricOf(name)], then[metricOf(name)])]);
  return Object.fromEntries(entries) as Figures<Name>;
}

function toFigure(name: FigureName, value: Decimal | null | undefined, currency: string): number | null {
  if ((MONEY as readonly string[]).includes(name)) return toMoney(value, currency);
  return value === null || value === undefined ? null : value.toNumber();
}

function change(now: Decimal | null | undefined, then: Decimal | null | undefined): number | null {
  if (!now || !then || then.isZero()) return null;
  return now.minus(then).div(then.abs()).toNumber();
}
