import type { CollectionsDto } from './collections.dto.js';
import type { FunnelDto } from './funnel.dto.js';
import type { OverviewDto } from './overview.dto.js';
import type { ProductsDto } from './products.dto.js';
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
  order_value: { min: 12.5, max: 480, p50: 86, p95: 310 },
  customers: { new: 7, returning: 3, repeat_rate: 0.3 },
  conversion_rate: 0.025,
  sessions: 440,
  other_currencies: [{ currency: 'EUR', orders: 3, gross_sales: 320, net_sales: 320 }],
  meta: { ...META, percentile_error: 0.01, distinct_error: 0 },
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

export const PRODUCTS_EXAMPLE: ProductsDto = {
  items: [
    {
      product_id: 'br-hoodie-01',
      name: 'Thorn Hoodie',
      collection: 'black-rose',
      views: 840,
      add_to_carts: 96,
      orders: 21,
      units: 24,
      gross_sales: 1920,
      discounts: 120,
      net_sales: 1720,
      conversion_rate: 0.05,
      inventory: 36,
      days_of_stock: 3,
      inventory_at: '2026-11-21T06:00:00.000Z',
    },
    {
      product_id: 'sg-scarf-03',
      name: null,
      collection: 'signature',
      views: 12,
      add_to_carts: 0,
      orders: 0,
      units: 0,
      gross_sales: 0,
      discounts: 0,
      net_sales: 0,
      conversion_rate: 0,
      inventory: null,
      days_of_stock: null,
      inventory_at: null,
    },
  ],
  next_cursor: null,
  meta: { ...META, distinct_error: 0 },
};

export const COLLECTIONS_EXAMPLE: CollectionsDto = {
  collections: [
    {
      collection: 'black-rose',
      gross_sales: 510,
      discounts: 18,
      net_sales: 492,
      orders: 5,
      units: 9,
      views: 310,
      add_to_carts: 42,
      conversion_rate: 0.04,
      share_of_sales: 0.6,
      top_products: [
        { product_id: 'br-hoodie-01', name: 'Thorn Hoodie', gross_sales: 320, net_sales: 308, orders: 4, units: 5 },
        { product_id: 'br-tee-02', name: 'Thorn Tee', gross_sales: 190, net_sales: 184, orders: 3, units: 4 },
      ],
    },
    {
      collection: null,
      gross_sales: 328,
      discounts: 0,
      net_sales: 328,
      orders: 2,
      units: 2,
      views: 0,
      add_to_carts: 0,
      conversion_rate: 0.01,
      share_of_sales: 0.4,
      top_products: [
        { product_id: 'gift-card', name: 'Gift Card', gross_sales: 328, net_sales: 328, orders: 2, units: 2 },
      ],
    },
  ],
  meta: { ...META, distinct_error: 0 },
};

export const FUNNEL_EXAMPLE: FunnelDto = {
  steps: [
    { step: 'traffic', sessions: 440, rate_from_previous: null, rate_from_start: 1 },
    { step: 'cart', sessions: 110, rate_from_previous: 0.25, rate_from_start: 0.25 },
    { step: 'checkout', sessions: 44, rate_from_previous: 0.4, rate_from_start: 0.1 },
    { step: 'complete', sessions: 11, rate_from_previous: 0.25, rate_from_start: 0.025 },
  ],
  meta: { ...META, distinct_error: 0 },
};
