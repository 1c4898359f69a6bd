import { Decimal } from '../../metrics/index.js';
import { metricOf } from './figures.js';
import { daysOfStock } from './product-row.js';

const HOUR_MS = 3_600_000;

function stockOf(inventory: number | null, units: number, rangeMs: number): number | undefined {
  const values = {
    [metricOf('inventory')]: inventory === null ? null : new Decimal(inventory),
    [metricOf('units')]: new Decimal(units),
  };
  return daysOfStock(values, rangeMs / (24 * HOUR_MS))?.toNumber();
}

it.each([
  [48, 1, HOUR_MS, 2],
  [48, 24, 24 * HOUR_MS, 2],
  [10, 3, 7 * 24 * HOUR_MS, 70 / 3],
  [0, 3, HOUR_MS, 0],
])('of %i in stock and %i sold in %i ms lasts %p days', (inventory, units, rangeMs, days) => {
  expect(stockOf(inventory, units, rangeMs)).toBe(days);
});

it('is not known without a stock, and without sales', () => {
  expect(stockOf(null, 3, HOUR_MS)).toBeUndefined();
  expect(stockOf(48, 0, HOUR_MS)).toBeUndefined();
});
