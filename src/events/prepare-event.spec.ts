import { MICROS_PER_DAY, MICROS_PER_MINUTE, formatInstant, parseInstant } from './instant.js';
import { newEventId } from './event-id.js';
import { prepareEvent, type PreparedEvent } from './prepare-event.js';

const NOW = parseInstant('2026-11-22T10:00:00Z');
const ID = '371297d6-06b5-5484-a8d6-06d06a93c739';
const circumstances = { nowMicros: NOW, backfillMaxDays: 800, correlationId: 'req-1', fromOutside: true };

const request = {
  event_type: 'api_request',
  method: 'GET',
  route: '/products/:id',
  status_code: 200,
  duration_ms: 12.5,
};
const job = { event_type: 'ml_job', pipeline: '3d', provider: 'tripo', status: 'succeeded', duration_ms: 7_000 };
const line = { product_id: 'p1', quantity: 1, unit_price: 9.99 };
const order = { event_type: 'order', order_id: 'o1', status: 'placed', currency: 'GBP', total: 9.99, items: [line] };
const visit = { event_type: 'storefront', name: 'page_view', session_id: 's1' };
const stock = { event_type: 'inventory', product_id: 'p1', quantity: -2 };
const failure = { event_type: 'error', name: 'TypeError', message: '' };

const prepare = (event: unknown, changed = {}) => prepareEvent(event, { ...circumstances, ...changed });

function prepared(event: unknown, changed = {}): PreparedEvent {
  const result = prepare(structuredClone(event), changed);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result;
}

describe('an event that is complete', () => {
  it.each([request, job, order, visit, stock, failure])('$event_type is taken', (event) => {
    expect(prepared(event).fields).toMatchObject(event);
  });

  it('gets an id, the time of now and the correlation id of its request', () => {
    const { fields, occurredAt, occurredAtMicros } = prepared(request);
    expect(fields).toMatchObject({ correlation_id: 'req-1', event_id: expect.stringMatching(/-7/) as string });
    expect([occurredAt, occurredAtMicros]).toEqual(['2026-11-22T10:00:00.000Z', NOW]);
  });

  it('keeps its own id, correlation id and time to the microsecond, whatever the offset', () => {
    const own = { event_id: ID, correlation_id: 'mine', occurred_at: '2026-11-22T12:00:00.000001+02:00' };
    const { fields, occurredAt } = prepared({ ...request, ...own });
    expect(fields).toMatchObject({ event_id: ID, correlation_id: 'mine' });
    expect(occurredAt).toBe('2026-11-22T10:00:00.000001Z');
  });

  it('takes its time from a UUIDv7', () => {
    expect(prepared({ ...request, event_id: newEventId(NOW / 1000 - 5) }).occurredAtMicros).toBe(NOW - 5_000);
  });

  it.each([
    ['get', 'GET'],
    ['Post', 'POST'],
    ['straße', 'straße'],
  ])('has its method in capitals: %s', (method, kept) => {
    expect(prepared({ ...request, method }).fields.method).toBe(kept);
  });

  it('has its collections folded to slugs, in its lines too', () => {
    expect(prepared({ ...visit, collection: 'Black Rose' }).fields.collection).toBe('black-rose');
    const { itemsJson } = prepared({ ...order, items: [{ ...line, collection: 'Love Hurts' }] });
    expect(JSON.parse(itemsJson!)).toEqual([{ ...line, collection: 'love-hurts' }]);
  });

  it.each([
    [{ ...order, total: 27.499999999999996 }, 'total', 27.5],
    [{ ...order, total: 1.1 + 2.2, tax: 0.1 + 0.2, shipping: 1 / 3 }, 'total', 3.3],
    [{ ...order, total: 0.3 - 0.1 - 0.2 }, 'total', 0],
    [{ ...order, discount: 2.5e-6 }, 'discount', 0.000002],
    [{ ...order, total: 123_456_789_012.34567 }, 'total', 123_456_789_012.34567],
    [{ ...job, cost_usd: 7.5e-6 }, 'cost_usd', 0.0000075],
    [{ ...job, cost_usd: 0.0016150000000000001 }, 'cost_usd', 0.001615],
    [{ ...job, cost_usd: 0.1 + 0.2 }, 'cost_usd', 0.3],
    [{ ...job, cost_usd: 1e-13 }, 'cost_usd', 0],
    [{ ...stock, quantity: -(0.1 + 0.2) }, 'quantity', -0.3],
  ])('is taken with digits beyond those that are kept: %j', (event, field, kept) => {
    expect(prepared(event).fields[field]).toBeCloseTo(kept, 14);
    expect(Math.abs(Number(prepared(event).fields[field]) - kept)).toBe(0);
  });

  it('has the amounts of its lines rounded as well', () => {
    const { itemsJson } = prepared({ ...order, items: [{ ...line, quantity: 0.1 + 0.2, unit_price: 7.5e-7 }] });
    expect(JSON.parse(itemsJson!)).toEqual([{ ...line, quantity: 0.3, unit_price: 0.000001 }]);
  });

  it.each([
    [4e-7, 0],
    [5e-7, 0],
    [6e-7, 0.000001],
    [5e-324, 0],
    [0.00004, 0.00004],
  ])('has a quantity of %d in its lines, kept as %d', (quantity, kept) => {
    const { itemsJson } = prepared({ ...order, items: [{ ...line, quantity }] });
    expect(JSON.parse(itemsJson!)).toEqual([{ ...line, quantity: kept }]);
  });

  it.each([0, -0, -4e-7, -1])('is refused with a quantity of %d in its lines', (quantity) => {
    expect(prepare({ ...order, items: [{ ...line, quantity }] })).toMatchObject({
      errors: [{ path: 'items[0].quantity' }],
    });
  });

  it.each([
    ['in five minutes', NOW + 5 * MICROS_PER_MINUTE],
    ['800 days ago', NOW - 800 * MICROS_PER_DAY],
  ])('may have happened %s', (_, micros) => {
    expect(prepared({ ...request, occurred_at: formatInstant(micros) }).occurredAtMicros).toBe(micros);
  });

  it('may be an alert when it comes from the alert engine', () => {
    const alert = { event_type: 'alert', alert_id: ID, config_id: ID, severity: 'critical', state: 'firing' };
    expect(prepared(alert, { fromOutside: false }).type).toBe('alert');
  });
});

describe('an event that breaks the contract', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['is no object', 'text', '', /JSON object/],
    ['is null', null, '', /JSON object/],
    ['is an array', [], '', /JSON object/],
    ['has no type', {}, 'event_type', /is required/],
    ['has an unknown type', { event_type: 'pageview' }, 'event_type', /one of api_request/],
    ['has a type of Object.prototype', { event_type: 'toString' }, 'event_type', /one of/],
    ['is an alert from outside', { event_type: 'alert' }, 'event_type', /alert engine/],
    ['lacks a field', { ...request, route: undefined }, 'route', /is required/],
    ['has an unknown field', { ...request, rout: '/' }, 'rout', /not a field/],
    ['has a field of another type', { ...request, total: 1 }, 'total', /not a field/],
    [
      'has a prototype key',
      JSON.parse(`{"__proto__":{},${JSON.stringify(request).slice(1)}`),
      '__proto__',
      /not a field/,
    ],
    ['has null for a field', { ...request, service: null }, 'service', /null \(leave/],
    ['has an empty text', { ...request, service: '' }, 'service', /not be empty/],
    ['has a text too long', { ...request, route: 'r'.repeat(501) }, 'route', /at most 500/],
    ['has a status that is no HTTP status', { ...request, status_code: 600 }, 'status_code', /<= 599/],
    ['has a status with a fraction', { ...request, status_code: 200.5 }, 'status_code', /an integer/],
    ['has a number as text', { ...request, duration_ms: '12' }, 'duration_ms', /a number, not a string/],
    ['has a negative duration', { ...request, duration_ms: -1 }, 'duration_ms', />= 0/],
    ['has an endless duration', { ...request, duration_ms: Infinity }, 'duration_ms', /out of range/],
    ['has a duration in nanoseconds', { ...request, duration_ms: 3e9 }, 'duration_ms', /<= 2678400000/],
    ['has an unknown status of a job', { ...job, status: 'done' }, 'status', /one of succeeded/],
    ['has a cost beyond all measure', { ...job, cost_usd: 1e300 }, 'cost_usd', /<= 999999999999999/],
    ['has an endless total', { ...order, total: Infinity }, 'total', /out of range/],
    ['has a total of more than a double can hold', { ...order, total: 1e15 }, 'total', /<= 999999999999999/],
    ['has half a retry', { ...job, retries: 1.5 }, 'retries', /integer/],
    ['has a currency that is none', { ...order, currency: 'XYZ' }, 'currency', /ISO 4217/],
    ...['HRK', 'ZWL', 'CUC', 'BGN', 'ANG', 'XAU', 'XDR', 'XXX', 'XTS'].map(
      (code): [string, unknown, string, RegExp] => [
        `has the currency ${code}, which is withdrawn or has no minor unit`,
        { ...order, currency: code },
        'currency',
        /ISO 4217/,
      ],
    ),
    ['has a currency in small letters', { ...order, currency: 'gbp' }, 'currency', /ISO 4217/],
    ['has a negative total', { ...order, total: -1 }, 'total', />= 0/],
    ['has a negative tax', { ...order, tax: -0.01 }, 'tax', />= 0/],
    ['has a line of nothing', { ...order, items: [{ ...line, quantity: 0 }] }, 'items[0].quantity', /> 0/],
    [
      'has a line without price',
      { ...order, items: [line, { product_id: 'p', quantity: 1 }] },
      'items[1].unit_price',
      /required/,
    ],
    ['has a line with an unknown field', { ...order, items: [{ ...line, sku: 1 }] }, 'items[0].sku', /not a field/],
    ['has a collection that is one emoji', { ...visit, collection: '\u2764\uFE0F' }, 'collection', /letter or digit/],
    [
      'has a collection whose slug is too long',
      { ...visit, collection: '\uFDFA'.repeat(100) },
      'collection',
      /at most 500/,
    ],
    ['has a collection without a letter', { ...visit, collection: '!!' }, 'collection', /letter or digit/],
    [
      'has a line whose collection has no letter',
      { ...order, items: [{ ...line, collection: '-' }] },
      'items[0].collection',
      /letter/,
    ],
    [
      'has half a character in a line',
      { ...order, items: [{ ...line, name: 'x\ud83c' }] },
      'items[0].name',
      /surrogate/,
    ],
    ['has 1,001 lines', { ...order, items: Array(1_001).fill(line) }, 'items', /1000 items/],
    ['has properties that are a list', { ...request, properties: [] }, 'properties', /an object, not an array/],
    ['has large properties', { ...request, properties: { a: 'ü'.repeat(4_096) } }, 'properties', /8192 bytes/],
    ['has NUL in its properties', { ...request, properties: { a: '\0' } }, 'properties.a', /NUL/],
    ['has an id that is no UUID', { ...request, event_id: '1' }, 'event_id', /UUID/],
    ['has an id and no time', { ...request, event_id: ID }, 'occurred_at', /required with an event_id/],
    ['has an epoch number', { ...request, occurred_at: NOW / 1000 }, 'occurred_at', /epoch/],
    ['has a local time', { ...request, occurred_at: '2026-11-22T10:00:00' }, 'occurred_at', /offset/],
    ['happened on 30 February', { ...request, occurred_at: '2026-02-30T10:00:00Z' }, 'occurred_at', /exists/],
    [
      'happens in six minutes',
      { ...request, occurred_at: formatInstant(NOW + 6 * MICROS_PER_MINUTE) },
      'occurred_at',
      /future/,
    ],
    ['has a UUIDv7 of tomorrow', { ...request, event_id: newEventId(NOW / 1000 + 86_400_000) }, 'event_id', /future/],
    [
      'happened 801 days ago',
      { ...request, occurred_at: formatInstant(NOW - 801 * MICROS_PER_DAY) },
      'occurred_at',
      /800 days/,
    ],
  ])('%s: refused, with the path and what to do', (_, event, path, message) => {
    expect(prepare(event)).toEqual({ errors: [{ path, message: expect.stringMatching(message) as string }] });
  });

  it('is told all that is wrong with it', () => {
    const result = prepare({ event_type: 'api_request', status_code: 'ok', duration_ms: -1, x: 1 });
    expect((result as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
      'duration_ms',
      'method',
      'route',
      'status_code',
      'x',
    ]);
  });

  it('is refused when it is larger than 128 KiB, every field within its limit', () => {
    const item = { ...line, name: 'n'.repeat(400) };
    expect(prepare({ ...order, items: Array(400).fill(item) })).toEqual({
      errors: [{ path: '', message: expect.stringMatching(/131072 bytes/) as string }],
    });
  });

  it('costs no more the more errors it has', () => {
    const bad = { ...order, items: Array(1_000_000).fill(1) };
    const started = performance.now();
    expect((prepare(bad) as { errors: unknown[] }).errors).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(200);
  });
});
