import type { FieldError } from '../platform/errors/index.js';
import { newEventId } from './event-id.js';
import { roundHalfEven } from './decimals.js';
import { EVENT_TYPE_NAMES, EVENT_TYPES, fieldsOf, ORDER_LINE, type EventType } from './event-types.js';
import { MAX_ORDER_ITEMS, MAX_PROPERTIES_BYTES, type Field } from './fields.js';
import { foldField } from './fold-field.js';
import { momentOf } from './moment.js';
import { checkSchema } from './schema-validator.js';
import { findUnstorable } from './storable.js';

export const MAX_EVENT_BYTES = 128 * 1024;
/** What an event without items can come to at most, every field at its limit and three bytes per character. */
const MAX_BYTES_BESIDE_ITEMS = 64 * 1024;
/** A UTF-16 code unit is at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

export type EventFields = Record<string, unknown> & { event_type: EventType; event_id: string };

/** An event that is valid, complete and in its stored form. `fields` is the sender's own object, filled in place. */
export interface PreparedEvent {
  readonly type: EventType;
  readonly fields: EventFields;
  readonly occurredAtMicros: number;
  /** Without a doubt in any time zone: `…Z`. */
  readonly occurredAt: string;
  readonly propertiesJson: string | undefined;
  readonly itemsJson: string | undefined;
}

export interface RefusedEvent {
  /** Paths relative to the event: `items[2].quantity`; empty for the event itself. */
  readonly errors: FieldError[];
}

export interface Circumstances {
  readonly nowMicros: number;
  readonly backfillMaxDays: number;
  /** Taken by events that name none. */
  readonly correlationId: string;
  /** `alert` events are the alert engine's alone. */
  readonly fromOutside: boolean;
}

/** Checks one event against the whole contract and completes it; `errors` where it cannot be taken. */
export function prepareEvent(raw: unknown, circumstances: Circumstances): PreparedEvent | RefusedEvent {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return refuse('', 'must be a JSON object');
  const fields = raw as EventFields;
  const error = checkType(fields.event_type, circumstances.fromOutside);
  if (error) return refuse('event_type', error);
  roundAmounts(fields, 'anyAmount');
  const errors = checkSchema(fields.event_type, fields);
  if (errors) return { errors };
  roundAmounts(fields, 'positiveAmount');
  const content = prepareContent(fields);
  if ('errors' in content) return content;
  const moment = momentOf(fields, circumstances);
  if ('errors' in moment) return moment;
  fields.event_id ??= newEventId(Math.floor(circumstances.nowMicros / 1000));
  fields.correlation_id ??= circumstances.correlationId;
  const { occurredAtMicros, occurredAt } = moment;
  const { propertiesJson, itemsJson } = content;
  return { type: fields.event_type, fields, occurredAtMicros, occurredAt, propertiesJson, itemsJson };
}

function checkType(type: unknown, fromOutside: boolean): string | undefined {
  if (type === undefined) return 'is required';
  if (typeof type !== 'string' || !Object.hasOwn(EVENT_TYPES, type)) {
    return `must be one of ${EVENT_TYPE_NAMES.filter((name) => name !== 'alert').join(', ')}`;
  }
  return type === 'alert' && fromOutside ? 'alert events are written by the alert engine alone' : undefined;
}

/** The fields of each type, and those of an order's line, that are kept to so many decimals, by when they are rounded. */
const decimalsByType = Object.fromEntries(EVENT_TYPE_NAMES.map((type) => [type, decimalsOf(fieldsOf(type))])) as Record<
  EventType,
  Decimals
>;
const lineDecimals = decimalsOf({ ...ORDER_LINE.required, ...ORDER_LINE.optional });

/**
 * Most amounts are rounded before the schema is checked: the noise of a sum of doubles may lie just below 0, and is no
 * reason to refuse. Those that have to be above 0 are rounded after it: digits are none either, so 0.0000004 is taken as 0.
 */
type AmountKind = 'anyAmount' | 'positiveAmount';
type Decimals = Readonly<Record<AmountKind, readonly (readonly [field: string, decimals: number])[]>>;

function decimalsOf(fields: Readonly<Record<string, Field>>): Decimals {
  const decimals: Record<AmountKind, [string, number][]> = { anyAmount: [], positiveAmount: [] };
  for (const [name, field] of Object.entries(fields)) {
    if (field.decimals === undefined) continue;
    decimals[field.schema.exclusiveMinimum === 0 ? 'positiveAmount' : 'anyAmount'].push([name, field.decimals]);
  }
  return decimals;
}

function roundAmounts(fields: EventFields, kind: AmountKind): void {
  roundIn(fields, decimalsByType[fields.event_type][kind]);
  const { items } = fields;
  if (fields.event_type !== 'order' || !Array.isArray(items) || items.length > MAX_ORDER_ITEMS) return;
  for (const item of items as unknown[]) {
    if (typeof item === 'object' && item !== null) roundIn(item as Record<string, unknown>, lineDecimals[kind]);
  }
}

function roundIn(object: Record<string, unknown>, fields: Decimals[AmountKind]): void {
  for (const [name, decimals] of fields) {
    const value = object[name];
    if (typeof value !== 'number') continue;
    const rounded = roundHalfEven(value, decimals);
    if (rounded !== value) object[name] = rounded;
  }
}

type Content = Pick<PreparedEvent, 'propertiesJson' | 'itemsJson'>;

function prepareContent(fields: EventFields): Content | RefusedEvent {
  const { properties, items, collection, method } = fields;
  for (const [name, sent] of [
    ['method', method],
    ['collection', collection],
  ] as const) {
    if (typeof sent !== 'string') continue;
    const folded = foldField(name, sent);
    if ('error' in folded) return refuse(name, folded.error);
    fields[name] = folded.value;
  }
  const itemsJson = items === undefined ? undefined : serialiseItems(items as Record<string, unknown>[]);
  if (typeof itemsJson === 'object') return itemsJson;
  const propertiesJson = properties === undefined ? undefined : serialiseProperties(properties);
  if (typeof propertiesJson === 'object') return propertiesJson;
  return isTooLarge(fields, itemsJson)
    ? refuse('', `is larger than ${MAX_EVENT_BYTES} bytes`)
    : { propertiesJson, itemsJson };
}

function serialiseProperties(properties: unknown): string | RefusedEvent {
  const error = findUnstorable(properties);
  if (error) return refuse(`properties${error.path}`, error.message);
  const json = JSON.stringify(properties);
  const fits =
    json.length * MAX_BYTES_PER_UNIT <= MAX_PROPERTIES_BYTES || Buffer.byteLength(json) <= MAX_PROPERTIES_BYTES;
  return fits ? json : refuse('properties', `must be at most ${MAX_PROPERTIES_BYTES} bytes as JSON`);
}

function serialiseItems(items: Record<string, unknown>[]): string | RefusedEvent {
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    if (item.collection === undefined) continue;
    const folded = foldField('collection', item.collection as string);
    if ('error' in folded) return refuse(`items[${index}].collection`, folded.error);
    item.collection = folded.value;
  }
  const json = JSON.stringify(items);
  // The schema has checked all but the characters, and those that cannot be stored come out as \\u escapes.
  const error = json.includes('\\u') ? findUnstorable(items) : undefined;
  return error ? refuse(`items${error.path}`, error.message) : json;
}

function isTooLarge(fields: EventFields, itemsJson: string | undefined): boolean {
  if (itemsJson === undefined || itemsJson.length * MAX_BYTES_PER_UNIT + MAX_BYTES_BESIDE_ITEMS <= MAX_EVENT_BYTES)
    return false;
  return Buffer.byteLength(JSON.stringify(fields)) > MAX_EVENT_BYTES;
}

function refuse(path: string, message: string): RefusedEvent {
  return { errors: [{ path, message }] };
}
