import { EVENT_SCHEMAS, EVENT_TYPE_NAMES, type EventType } from '../events/index.js';
import type { SchemaObject } from '../platform/http/index.js';
import { MAX_EVENTS_PER_BATCH } from './read-submission.js';

const outsideTypes = EVENT_TYPE_NAMES.filter((type) => type !== 'alert');

/** What OpenAPI says of the body of `POST /events`: the very schemas that events are checked with. */
export const SUBMISSION_SCHEMA = {
  type: 'object',
  required: ['events'],
  additionalProperties: false,
  properties: {
    events: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_EVENTS_PER_BATCH,
      items: { oneOf: outsideTypes.map((type) => EVENT_SCHEMAS[type]), discriminator: { propertyName: 'event_type' } },
    },
    sent_at: {
      type: 'string',
      format: 'date-time',
      description: "The sender's clock; its skew is reported, never applied.",
    },
  },
} as unknown as SchemaObject;

const FIELD_ERROR = { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } };

export const ANSWER_SCHEMA = {
  type: 'object',
  required: ['accepted', 'duplicates', 'rejected'],
  properties: {
    accepted: { type: 'integer', description: 'Stored, and durable.' },
    duplicates: { type: 'integer', description: 'Were stored before; nothing changed.' },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'errors'],
        properties: {
          index: { type: 'integer' },
          event_id: { type: 'string' },
          errors: { type: 'array', items: FIELD_ERROR },
        },
      },
    },
    clock_skew_ms: { type: 'integer', description: "The sender's clock less ours." },
  },
} as unknown as SchemaObject;

/** A stored event is what was sent, and when it arrived. */
function storedEventSchema(type: EventType): SchemaObject {
  const sent = EVENT_SCHEMAS[type] as { properties: Record<string, unknown> };
  const received_at = { type: 'string', format: 'date-time', description: 'When the service took it in.' };
  return { ...sent, properties: { ...sent.properties, received_at } };
}

export const EVENT_PAGE_SCHEMA = {
  type: 'object',
  required: ['items', 'next_cursor'],
  properties: {
    items: { type: 'array', items: { oneOf: EVENT_TYPE_NAMES.map(storedEventSchema) } },
    next_cursor: { type: ['string', 'null'] },
  },
} as unknown as SchemaObject;

/** Without times, so that it can be sent on any day. */
export const SUBMISSION_EXAMPLES = {
  'a request and an order': {
    events: [
      { event_type: 'api_request', method: 'GET', route: '/products/:id', status_code: 200, duration_ms: 12.5 },
      {
        event_type: 'order',
        order_id: 'A-1001',
        status: 'placed',
        currency: 'USD',
        total: 98.5,
        tax: 8.5,
        items: [{ product_id: 'hoodie-1', collection: 'Black Rose', quantity: 1, unit_price: 90 }],
      },
    ],
  },
};

export const EVENT_PAGE_EXAMPLE = {
  items: [
    {
      event_id: '0199c1d2-7a3e-7c41-9f6a-3f0d5f1f8f10',
      occurred_at: '2026-11-22T10:00:00.000Z',
      received_at: '2026-11-22T10:00:00.412Z',
      event_type: 'ml_job',
      correlation_id: 'checkout-7f3a',
      pipeline: '3d',
      provider: 'tripo',
      status: 'succeeded',
      duration_ms: 41250.5,
      cost_usd: 0.2,
    },
  ],
  next_cursor: null,
};

/** Nothing of a batch could be accepted. */
export const REFUSED_EXAMPLE = {
  accepted: 0,
  duplicates: 0,
  rejected: [{ index: 0, errors: [{ path: 'events[0].duration_ms', message: 'must be at least 0' }] }],
};
