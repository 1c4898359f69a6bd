import type { OverviewDto } from './overview.dto.js';
import type { SalesDto } from './sales.dto.js';

const META = {
  from: '2026-11-20T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  range: null,
  source: 'rollup',
  generated_at: '2026-11-22T09:30:00.000Z',
  stale: false,
} as const;

export const OVERVIEW_EXAMPLE: OverviewDto = {
  currency: 'USD',
  gross_sales: 1250,
  discounts: 50,
  returns: 100,
  net_sales: 1100,
  total_sales: 1190,
  orders: 11,
  units: 25,
  average_order_value: 100,
  conversion_rate: 0.025,
  sessions: 440,
  other_currencies: [{ currency: 'EUR', orders: 3, gross_sales: 320, net_sales: 320 }],
  meta: { ...META, distinct_error: 0 },
};

export const SALES_EXAMPLE: SalesDto = {
  points: [
    {
      t: '2026-11-20T00:00:00.000Z',
      gross_sales: 830,
      discounts: 30,
      returns: 0,
      net_sales: 800,
      orders: 7,
      units: 16,
      average_order_value: 114.29,
      breakdown: [
        { key: 'black-rose', gross_sales: 510, net_sales: 492, orders: 5, units: 9 },
        { key: 'love-hurts', gross_sales: 320, net_sales: 308, orders: 3, units: 7 },
      ],
    },
    {
      t: '2026-11-21T00:00:00.000Z',
      gross_sales: 420,
      discounts: 20,
      returns: 100,
      net_sales: 300,
      orders: 4,
      units: 9,
      average_order_value: 75,
      breakdown: [{ key: 'signature', gross_sales: 420, net_sales: 300, orders: 4, units: 9 }],
    },
  ],
  meta: { ...META, step_seconds: 86_400 },
};
