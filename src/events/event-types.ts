import {
  amount,
  choice,
  collection,
  cost,
  duration,
  flag,
  id,
  integer,
  json,
  MAX_AMOUNT,
  MAX_MESSAGE_LENGTH,
  MAX_ORDER_ITEMS,
  MAX_PROPERTIES_BYTES,
  name,
  positiveAmount,
  text,
  units,
  url,
  uuid,
  type Field,
} from './fields.js';
import { CURRENCY_CODES } from '../platform/currency/index.js';

export const PIPELINES = ['3d', 'descriptions', 'assets'] as const;
export type Pipeline = (typeof PIPELINES)[number];
/** In the order in which an asset goes through them. */
export const ASSET_STAGES = ['ingestion', 'versioning', 'approval'] as const;

type Fields = Readonly<Record<string, Field>>;

interface EventTypeDefinition {
  readonly description: string;
  readonly required: Fields;
  readonly optional: Fields;
}

const MAX_RETRIES = 1_000_000;

/** What every event carries beside the fields of its type. */
export const COMMON_FIELDS = {
  event_id: uuid(
    'With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.',
  ),
  occurred_at: {
    columnType: 'timestamptz',
    schema: {
      type: 'string',
      format: 'date-time',
      description:
        'ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.',
    },
  },
  correlation_id: id("Default: the request's own."),
  user_id: id('Who caused it.'),
  session_id: id('Visit it belongs to.'),
  source: id('Which service sent it.'),
  properties: json({
    type: 'object',
    description: `Free JSON object, at most ${MAX_PROPERTIES_BYTES} bytes serialised and 32 levels deep.`,
  }),
} as const satisfies Fields;

/** A line of an order. Quantities and prices are not checked against the order's total (fees, bundles, rounding). */
export const ORDER_LINE = {
  required: {
    product_id: id('Product sold.'),
    quantity: positiveAmount('Sold, or for a refund given back.'),
    unit_price: amount("Price of one, in the order's currency, before discount."),
  },
  optional: {
    name: name('Name of the product.'),
    collection: collection('Its collection; folded to a slug.'),
    discount: amount(
      "Given on this line, in the order's currency. Where no line of the order names one, the order's `discount` is split over the lines by quantity × unit_price.",
    ),
  },
} as const satisfies { required: Fields; optional: Fields };

/** Every type of event, and what it is made of. A new one is an entry here and its columns in a migration. */
export const EVENT_TYPES = {
  api_request: {
    description: 'A request that a service answered.',
    required: {
      method: text('HTTP method; kept in capitals.', 20),
      route: name(
        'Route template, e.g. `/products/:id`; never the path itself, which has no bounded number of values.',
      ),
      status_code: integer('HTTP status.', 100, 599),
      duration_ms: duration('Time to answer, in milliseconds.'),
    },
    optional: { service: id('Service that answered.') },
  },
  ml_job: {
    description: 'A finished job of an AI pipeline.',
    required: {
      pipeline: choice('Pipeline.', ...PIPELINES),
      provider: id('Who ran it, e.g. `replicate`, `tripo`, `huggingface`, `gemini`.'),
      status: choice('How it ended.', 'succeeded', 'failed', 'cancelled'),
      duration_ms: duration('Run time, in milliseconds.'),
    },
    optional: {
      model: name('Model.'),
      stage: choice('Stage of the assets pipeline.', ...ASSET_STAGES),
      error_code: id('Why it failed.'),
      job_id: id("The provider's own id of the job."),
      cost_usd: cost('What the provider charged, in USD; beats any estimate.'),
      input_units: units('Units taken in (tokens, images, …).'),
      output_units: units('Units put out.'),
      retries: integer('Attempts after the first.', 0, MAX_RETRIES),
    },
  },
  order: {
    description: 'A step in the life of an order. Sales count at `placed`, returns at `refunded` and `cancelled`.',
    required: {
      status: choice('Step.', 'placed', 'paid', 'fulfilled', 'cancelled', 'refunded'),
      order_id: id('Order number.'),
      currency: {
        columnType: 'text',
        schema: {
          type: 'string',
          enum: CURRENCY_CODES,
          description: 'ISO 4217 code of a currency in use that has a minor unit.',
        },
      },
      total: amount('Charged; for refunded and cancelled what this event gives back, as a positive amount.'),
    },
    optional: {
      discount: amount('Given on the order; not part of `total`. Default 0.'),
      tax: amount('Part of `total`. Default 0.'),
      shipping: amount('Part of `total`. Default 0.'),
      customer_id: id('Customer.'),
      test: flag('A test order: kept, never counted.'),
      items: json({
        type: 'array',
        maxItems: MAX_ORDER_ITEMS,
        description: 'Lines.',
        items: objectSchema(ORDER_LINE.required, ORDER_LINE.optional),
      }),
    },
  },
  storefront: {
    description: "A step of a visitor's session.",
    required: {
      name: choice(
        'Step. `purchase`: the session bought, whichever system reports the order.',
        'page_view',
        'product_view',
        'add_to_cart',
        'checkout_started',
        'purchase',
      ),
      session_id: COMMON_FIELDS.session_id,
    },
    optional: {
      product_id: id('Product seen or put into the cart.'),
      collection: collection('Its collection; folded to a slug.'),
      page: url('Page.'),
    },
  },
  inventory: {
    description: 'The stock of a product, as it stands.',
    required: {
      product_id: id('Product.'),
      quantity: amount('In stock; below 0 where more was sold than there is.', -MAX_AMOUNT),
    },
    optional: { collection: collection('Its collection; folded to a slug.'), name: name('Name of the product.') },
  },
  error: {
    description: 'An error that a service or page reports.',
    required: {
      name: name('Class of error.'),
      message: text('What it said; may be empty.', MAX_MESSAGE_LENGTH, 0),
    },
    optional: {
      service: id('Where it happened.'),
      severity: text('How bad.', 50),
      fingerprint: name('Groups errors of one cause.'),
    },
  },
  alert: {
    description: 'A transition of an alert. Written by the alert engine; rejected from outside.',
    required: {
      alert_id: uuid('Episode.'),
      config_id: uuid('Rule.'),
      severity: choice('How bad.', 'info', 'warning', 'critical'),
      state: id('State it went to.'),
    },
    optional: {},
  },
} as const satisfies Record<string, EventTypeDefinition>;

export type EventType = keyof typeof EVENT_TYPES;

export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as EventType[];

/** All fields of a type, the common ones first. */
export function fieldsOf(type: EventType): Fields {
  const { required, optional }: EventTypeDefinition = EVENT_TYPES[type];
  return { ...COMMON_FIELDS, ...required, ...optional };
}

/** The schema of an object with these fields and no others. */
export function objectSchema(required: Fields, optional: Fields): Record<string, unknown> {
  const fields = Object.entries({ ...required, ...optional });
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: Object.fromEntries(fields.map(([field, { schema }]) => [field, schema])),
  };
}
