import { COMMON_FIELDS, EVENT_TYPE_NAMES, EVENT_TYPES, objectSchema, type EventType } from './event-types.js';
import type { JsonSchema } from './fields.js';

/** One JSON Schema per type of event: what is validated is what OpenAPI publishes. */
export const EVENT_SCHEMAS = Object.fromEntries(EVENT_TYPE_NAMES.map((type) => [type, eventSchema(type)])) as Readonly<
  Record<EventType, JsonSchema>
>;

function eventSchema(type: EventType): JsonSchema {
  const { description, required, optional } = EVENT_TYPES[type];
  const eventType = { columnType: 'text' as const, schema: { type: 'string', const: type } };
  return {
    title: type,
    description,
    ...objectSchema({ event_type: eventType, ...required }, { ...COMMON_FIELDS, ...optional }),
  };
}
