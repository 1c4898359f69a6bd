import { EVENT_SCHEMAS, EVENT_TYPE_NAMES, type EventType } from '../events/index.js';
import { componentSchema, type SchemaObject } from '../platform/http/index.js';
import { MAX_EVENTS_PER_BATCH } from './read-submission.js';

const outsideTypes = EVENT_TYPE_NAMES.filter((type) => type !== 'alert');

/** `ml_job` → `MlJob`. */
function pascalCase(type: EventType): string {
  return type.replace(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());
}

/** The enums of events by type and field. `Severity` and `PipelineName` are those of the other routes as well. */
const ENUM_NAMES: Readonly<Record<string, string>> = {
  'ml_job.pipeline': 'PipelineName',
  'ml_job.status': 'JobStatus',
  'ml_job.stage': 'AssetStage',
  'order.status': 'OrderStatus',
  'order.currency': 'Currency',
  'storefront.name': 'StorefrontStep',
  'alert.severity': 'Severity',
};

function withNamedEnums(type: EventType, properties: object): Record<string, unknown> {
  const entries = Object.entries(properties).map(
    ([field, schema]: [string, { enum?: unknown; description?: string }]) => {
      const name = ENUM_NAMES[`${type}.${field}`];
      if (!name) return [field, schema];
      const { description, ...values } = schema;
      return [field, { description, allOf: [componentSchema(name, values as unknown as SchemaObject)] }];
    },
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

interface Union {
  readonly description: string;
  readonly types: readonly EventType[];
  /** Stands before the name of each type's schema. */
  readonly prefix?: string;
  /** What the events have beside what is sent. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The very schemas that events are checked with, each published once under its name, told apart by `event_type`. */
function eventUnion({ description, types, prefix = '', more = {} }: Union): SchemaObject {
  const schemas = types.map((type) => {
    const { title: _title, ...schema } = EVENT_SCHEMAS[type] as { title: string; properties: object };
    const properties = { ...withNamedEnums(type, schema.properties), ...more };
    const named = { ...schema, properties } as unknown as SchemaObject;
    return componentSchema(`${prefix}${pascalCase(type)}Event`, named) as unknown as { readonly $ref: string };
  });
  const mapping = Object.fromEntries(types.map((type, index) => [type, schemas[index]?.$ref]));
  const union = { description, oneOf: schemas, discriminator: { propertyName: 'event_type', mapping } };
  return union as unknown as SchemaObject;
}

const EVENT = componentSchema(
  'Event',
  eventUnion({ description: 'An event that a sender may report; `event_type` says which.', types: outsideTypes }),
);
const STORED_EVENT = componentSchema(
  'StoredEvent',
  eventUnion({
    description: 'An event as it was sent, completed, and when it arrived.',
    types: EVENT_TYPE_NAMES,
    prefix: 'Stored',
    more: { received_at: { type: 'string', format: 'date-time', description: 'When the service received it.' } },
  }),
);

/** What OpenAPI says of the body of `POST /events`. */
export const SUBMISSION_SCHEMA = componentSchema('EventSubmission', {
  description: 'Events that are sent together.',
  type: 'object',
  required: ['events'],
  additionalProperties: false,
  properties: {
    events: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_EVENTS_PER_BATCH,
      items: EVENT,
    },
    sent_at: {
      type: 'string',
      format: 'date-time',
      description: "The sender's clock; its skew is reported, never applied.",
    },
  },
});

export const ANSWER_SCHEMA = componentSchema('EventVerdicts', {
  description: 'Verdict on each event of a batch.',
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
          errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
        },
      },
    },
    clock_skew_ms: { type: 'integer', description: "The sender's clock less ours." },
  },
});

export const EVENT_PAGE_SCHEMA = componentSchema('EventPage', {
  description: 'Stored events, newest first.',
  type: 'object',
  required: ['items', 'next_cursor'],
  properties: {
    items: {
      type: 'array',
      items: STORED_EVENT,
    },
    next_cursor: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last one.' },
  },
});

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
