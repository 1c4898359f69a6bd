import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { foldToSlug, formatInstant, parseInstant } from '../../src/events/index.js';
import { anEvent, anyOutsideEvent, type SentEvent } from './event-builders.js';
import { createRig, type CollectorRig } from './rig.js';

let rig: CollectorRig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(async () => {
  await rig.stop();
});

const isOrdinary = (method: unknown): method is string => typeof method === 'string' && /^[a-z]+$/i.test(method);

/** What comes back of an event: the same, its time in UTC, its collections folded, an ordinary method in capitals. */
function asKept(event: SentEvent, correlationId: string): Record<string, unknown> {
  const slug = ({ collection, ...rest }: Record<string, unknown>): Record<string, unknown> =>
    collection === undefined ? rest : { ...rest, collection: foldToSlug(collection as string) };
  return JSON.parse(
    JSON.stringify({
      correlation_id: correlationId,
      ...slug(event),
      ...(isOrdinary(event.method) && { method: event.method.toUpperCase() }),
      ...(event.items !== undefined && { items: (event.items as Record<string, unknown>[]).map(slug) }),
      occurred_at: formatInstant(parseInstant(event.occurred_at)),
      received_at: expect.any(String) as string,
    }),
  ) as Record<string, unknown>;
}

it('gives every event back as it was sent, whatever is in it', async () => {
  let run = 0;
  const batches = fc.array(anyOutsideEvent, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const events: SentEvent[] = drawn.map((event) => ({ ...event, event_id: randomUUID() }));
      const correlationId = `storage-${run++}`;
      const kept = events.filter((event) => event.correlation_id === undefined);
      const admission = await rig.admission.admit(structuredClone(events), correlationId);
      expect(admission).toEqual({ accepted: events.length, duplicates: 0, refusals: [] });

      const found = await rig.browser.find({ limit: 100, correlationId });
      const byId = (one: Record<string, unknown>, other: Record<string, unknown>): number =>
        String(one.event_id) < String(other.event_id) ? -1 : 1;
      expect([...found].map(({ received_at: _, ...event }) => event).sort(byId)).toEqual(
        kept
          .map((event) => asKept(event, correlationId))
          .map(({ received_at: _, ...event }) => event)
          .sort(byId),
      );
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

it('gives exact amounts back', async () => {
  const order = {
    event_type: 'order',
    name: undefined,
    message: undefined,
    order_id: 'o',
    status: 'placed',
    currency: 'USD',
  };
  const amounts = [0, 0.000001, 0.1, 123456789.123456, 999999999999999];
  const events = amounts.map((total) => JSON.parse(JSON.stringify(anEvent({ ...order, total }))) as SentEvent);
  await rig.admission.admit(events, 'amounts');
  const found = await rig.browser.find({ limit: 10, correlationId: 'amounts' });
  expect(found.map(({ total }) => total as number).sort((a, b) => a - b)).toEqual(amounts);
  const [{ sum }] = await rig.database.dataSource.query(
    `SELECT sum(total)::text AS sum FROM analytics_events WHERE correlation_id = 'amounts'`,
  );
  expect(sum).toBe('1000000123456788.223457');
});

it('keeps amounts to six decimals and costs to twelve, rounded half to even, and refuses none for its digits', async () => {
  const order = {
    event_type: 'order',
    name: undefined,
    message: undefined,
    order_id: 'o',
    status: 'placed',
    currency: 'USD',
  };
  const job = {
    event_type: 'ml_job',
    name: undefined,
    message: undefined,
    pipeline: '3d',
    provider: 'p',
    status: 'failed',
    duration_ms: 1,
  };
  const items = [{ product_id: 'p', quantity: 0.1 + 0.2, unit_price: 7.5e-6 }];
  const events = [
    ...[27.499999999999996, 1.1 + 2.2, 2.5e-6, 3.5e-6, 0.3 - 0.1 - 0.2].map((total) =>
      anEvent({ ...order, total, items }),
    ),
    ...[0.0016150000000000001, 7.5e-6, 2.5e-12, 1e-7].map((cost_usd) => anEvent({ ...job, cost_usd })),
  ].map((event) => JSON.parse(JSON.stringify(event)) as SentEvent);
  expect(await rig.admission.admit(events, 'digits')).toMatchObject({ accepted: 9, refusals: [] });
  const rows: { kept: string }[] = await rig.database.dataSource.query(
    `SELECT coalesce(total, cost_usd)::text AS kept FROM analytics_events WHERE correlation_id = 'digits' ORDER BY coalesce(total, cost_usd)`,
  );
  expect(rows.map(({ kept }) => Number(kept))).toEqual([
    0, 2e-12, 1e-7, 0.000002, 0.000004, 0.0000075, 0.001615, 3.3, 27.5,
  ]);
  const [{ lines }] = await rig.database.dataSource.query(
    `SELECT items AS lines FROM analytics_events WHERE correlation_id = 'digits' AND total = 27.5`,
  );
  expect(lines).toEqual([{ product_id: 'p', quantity: 0.3, unit_price: 0.000008 }]);
});

describe('browsing', () => {
  const firstDay = (Math.floor(Date.now() / 86_400_000) - 20) * 86_400_000;
  const at = (index: number): string => formatInstant((firstDay + Math.floor(index / 3) * 43_200_000) * 1_000);
  const page = async (search: object): Promise<string[]> =>
    (await rig.browser.find({ limit: 4, ...search })).map(({ message }) => message as string);

  beforeAll(async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      anEvent({
        event_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        message: `m${index}`,
        occurred_at: at(index),
        correlation_id: 'browse',
      }),
    );
    await rig.admission.admit(events, 'x');
  });

  it('pages through days newest first, without losing or repeating one that shares its time with others', async () => {
    const seen: string[] = [];
    let after: { occurredAt: string; eventId: string } | undefined;
    for (;;) {
      const found = await rig.browser.find({ limit: 4, correlationId: 'browse', after });
      seen.push(...found.map(({ message }) => message as string));
      const last = found.at(-1);
      if (!last) break;
      after = { occurredAt: last.occurred_at, eventId: last.event_id };
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => `m${39 - index}`));
  });

  it('goes on with the days before where the last one does not fill the page', async () => {
    const found = await page({ correlationId: 'browse', toMicros: parseInstant(at(30)), limit: 12 });
    expect(found).toEqual(Array.from({ length: 12 }, (_, index) => `m${29 - index}`));
  });

  it('keeps to its bounds, the start included and the end not', async () => {
    const bounds = { fromMicros: parseInstant(at(3)), toMicros: parseInstant(at(6)), correlationId: 'browse' };
    expect(await page(bounds)).toEqual(['m5', 'm4', 'm3']);
  });

  it('finds by type, and nothing where there is nothing', async () => {
    expect(await page({ eventType: 'error', toMicros: parseInstant(at(3)) })).toEqual(['m2', 'm1', 'm0']);
    expect(await page({ eventType: 'order', toMicros: parseInstant(at(3)) })).toEqual([]);
    expect(await page({ provider: 'tripo', toMicros: parseInstant(at(3)) })).toEqual([]);
  });
});
