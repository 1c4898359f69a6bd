import { randomUUID } from 'node:crypto';
import type { StreamEvent } from './reference.js';

/** An order of one line, and an ML job, at the same time; amounts in whole numbers so that sums are plain to see. */
export function orderAt(occurredAt: string, total: number): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'order',
    occurred_at: new Date(occurredAt).toISOString(),
    order_id: 'o',
    status: 'placed',
    currency: 'USD',
    total,
    session_id: `s-${total}`,
    items: [{ product_id: 'p1', collection: 'signature', quantity: 1, unit_price: total }],
  };
}

export function jobAt(occurredAt: string, durationMs: number): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'ml_job',
    occurred_at: new Date(occurredAt).toISOString(),
    pipeline: '3d',
    provider: 'tripo',
    status: 'succeeded',
    duration_ms: durationMs,
    cost_usd: durationMs / 1_000,
  };
}
