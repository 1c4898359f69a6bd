import { randomUUID } from 'node:crypto';
import type { Operation } from './operations.js';
import { API } from '../support/app.js';

/** The limits that hold where a route declares nothing else. */
const MIB = 1_048_576;
const MAX_KEYS = 2_000;
const MAX_ITEMS = 2_000;
const MAX_KEYS_PER_OBJECT = 1_000;

export interface LargeBody {
  readonly name: string;
  readonly text: string;
}

/** Bodies that come as close to the limits of a route as they may, each in another way. */
export function largestBodies(operation: Operation): LargeBody[] {
  const own = OWN[operation.name];
  const bodies = [...(own ? own() : []), ...ordinaryBodies(operation)];
  return bodies.map(({ name, text }) => ({ name: `${operation.name}: ${name}`, text }));
}

function ordinaryBodies(operation: Operation): LargeBody[] {
  const [example] = Object.values(operation.body?.examples ?? {}).map(({ value }) => value);
  const fields = typeof example === 'object' && example !== null && !Array.isArray(example) ? Object.keys(example) : [];
  const keys = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
  const half = 'x'.repeat((MIB - 2_000) / 2);
  const of = (name: string, value: unknown): LargeBody => ({ name, text: JSON.stringify(value) });
  return [
    of('unknown keys', keys(MAX_KEYS_PER_OBJECT)),
    of('items', Array(MAX_ITEMS - 1).fill(0)),
    of('objects', Array(MAX_KEYS / 2).fill({ a: 1, b: 2 })),
    of('long texts', { a: half, b: half }),
    ...fields.map((field) => of(`${field} of items`, { ...example!, [field]: Array(MAX_ITEMS - 200).fill(field) })),
    ...fields.map((field) =>
      of(`${field} of objects`, { ...example!, [field]: Array(MAX_KEYS / 2 - 100).fill({ a: 1, b: 2 }) }),
    ),
    ...fields.map((field) => of(`${field} of keys`, { ...example!, [field]: keys(MAX_KEYS_PER_OBJECT) })),
    ...fields.map((field) => of(`${field} of a text`, { ...example!, [field]: half + half })),
  ];
}

const OWN: Readonly<Record<string, () => LargeBody[]>> = {
  [`POST ${API}/events`]: () => [
    {
      name: 'events of the largest size',
      text: batch(1_000, () => anError('m'.repeat(8_100), { a: 'x'.repeat(2_000) })),
    },
    { name: 'properties of many keys', text: batch(700, () => anError('m', manyKeys(1_100))) },
    { name: 'orders of many items', text: batch(180, () => anOrder(1_000)) },
    { name: 'events that are refused', text: batch(1_000, () => ({ ...anError('m', manyKeys(600)), colour: 1 })) },
    { name: 'events of unknown keys', text: batch(60, () => manyKeys(15_000)) },
    { name: 'a million numbers', text: JSON.stringify({ events: Array(999_000).fill(0) }) },
    { name: 'a million empty objects', text: JSON.stringify({ events: Array(999_000).fill({}) }) },
    { name: 'deep events', text: batch(1_000, () => JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`) as unknown) },
    {
      name: 'events nested too deep',
      text: `{"events":[${Array(1_000)
        .fill(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
        .join(',')}]}`,
    },
    { name: 'one event of brackets', text: `{"events":[${'['.repeat(5_200_000)}${']'.repeat(5_200_000)}]}` },
    { name: 'an event that does not end', text: `{"events":[${'['.repeat(10_400_000)}` },
    { name: 'blanks', text: `{"events":[${' '.repeat(10_400_000)}]}` },
    { name: 'brackets', text: '['.repeat(10_400_000) },
  ],
};

function batch(events: number, event: () => unknown): string {
  return JSON.stringify({ events: Array.from({ length: events }, event) });
}

function anError(message: string, properties: object): object {
  return {
    event_type: 'error',
    event_id: randomUUID(),
    occurred_at: new Date().toISOString(),
    name: 'Broken',
    message,
    properties,
  };
}

function anOrder(items: number): object {
  const line = { product_id: 'p1', quantity: 1, unit_price: 9.99 };
  const order = { event_type: 'order', order_id: randomUUID(), status: 'paid', currency: 'USD', total: 9.99 };
  return { ...order, items: Array(items).fill(line) };
}

function manyKeys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index.toString(36)}`, index % 10]));
}
