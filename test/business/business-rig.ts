import { randomUUID } from 'node:crypto';
import { BusinessFrame } from '../../src/business/business-frame.js';
import { CollectionsService } from '../../src/business/collections.service.js';
import { FunnelService } from '../../src/business/funnel.service.js';
import { ProductsService } from '../../src/business/products.service.js';
import { SalesOverviewService } from '../../src/business/sales-overview.service.js';
import { SalesSeriesService } from '../../src/business/sales-series.service.js';
import { TimeFrame } from '../../src/metrics/index.js';
import type { AppConfig } from '../../src/platform/config/index.js';
import type { StreamEvent } from '../rollups/reference.js';
import { RollupBench } from '../rollups/rollup-bench.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

export const NOW = '2026-11-22T12:00:00Z';
export const HOUSE = ['black-rose', 'love-hurts', 'signature'];

export interface Services {
  readonly overviews: SalesOverviewService;
  readonly series: SalesSeriesService;
  readonly products: ProductsService;
  readonly collections: CollectionsService;
  readonly funnels: FunnelService;
}

/** The business services on a database of their own, with a clock that the test sets. */
export interface BusinessRig extends Services {
  readonly bench: RollupBench;
  /** Empties the database and sets the clock. */
  reset(now?: string): Promise<void>;
  /** Each check is made on raw events and again when everything is rolled up: the figures must not move. */
  rawAndRolledUp(check: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openBusinessRig(houseCollections: string[] = HOUSE, storeTimeZone = 'UTC'): Promise<BusinessRig> {
  const database: TestDatabase = await createTestDatabase();
  const bench = new RollupBench(database.dataSource);
  return {
    bench,
    ...servicesOf(bench, storeTimeZone, houseCollections),
    async reset(now = NOW) {
      await bench.clear();
      await database.dataSource.query('DELETE FROM product_labels');
      await database.dataSource.query('DELETE FROM first_seen');
      await database.dataSource.query('DELETE FROM business_minute_retention');
      bench.clock.at = Date.parse(now);
    },
    async rawAndRolledUp(check) {
      await check();
      await bench.service.rollUp();
      await check();
    },
    close: () => database.drop(),
  };
}

/** The services of a process with this STORE_TIME_ZONE. */
export function servicesOf(bench: RollupBench, storeTimeZone: string, houseCollections: string[] = HOUSE): Services {
  const config = {
    ingest: { rawRetentionDays: 7 },
    business: { baseCurrency: 'USD', storeTimeZone, houseCollections },
  } as unknown as AppConfig;
  const time = new TimeFrame(bench.clock, config, bench.policy);
  const frame = new BusinessFrame(time, config);
  return {
    overviews: new SalesOverviewService(frame, bench.reader),
    series: new SalesSeriesService(frame, time, bench.reader),
    products: new ProductsService(frame, bench.reader),
    collections: new CollectionsService(frame, bench.reader, config),
    funnels: new FunnelService(frame, bench.reader),
  };
}

type Fields = Record<string, unknown>;

export function order(occurredAt: string, fields: Fields = {}): StreamEvent {
  const placed = { status: 'placed', currency: 'USD', order_id: 'o', total: 0 };
  return event('order', occurredAt, { ...placed, ...fields });
}

export function visit(occurredAt: string, name: string, sessionId: string, fields: Fields = {}): StreamEvent {
  return event('storefront', occurredAt, { name, session_id: sessionId, ...fields });
}

export function stock(occurredAt: string, productId: string, quantity: number, fields: Fields = {}): StreamEvent {
  return event('inventory', occurredAt, { product_id: productId, quantity, ...fields });
}

export function event(type: StreamEvent['event_type'], occurredAt: string, fields: Fields): StreamEvent {
  return { event_id: randomUUID(), correlation_id: 'test', event_type: type, occurred_at: occurredAt, ...fields };
}

export const line = (collection: string | undefined, quantity: number, unitPrice: number, productId = 'p1') => ({
  product_id: productId,
  ...(collection && { collection }),
  quantity,
  unit_price: unitPrice,
});
