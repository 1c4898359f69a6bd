/** How a field is kept in `analytics_events`; the encoder and the reader follow it. */
export type ColumnType =
  'uuid' | 'timestamptz' | 'text' | 'smallint' | 'integer' | 'double precision' | 'numeric' | 'boolean' | 'jsonb';

/** A JSON Schema, as compiled by ajv and as published in OpenAPI. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field of an event, said once: what may be sent, and the type of the column that keeps it. */
export interface Field {
  readonly columnType: ColumnType;
  readonly schema: JsonSchema;
  /** A name that is folded to its slug on the way in, so that "Black Rose" and "black-rose" are one collection. */
  readonly folded?: true;
  /** Decimals that are kept of a number; further ones are rounded, half to even, before anything else looks at it. */
  readonly decimals?: number;
}

/** 2^50 > 10^15: below it a double keeps 15 significant digits. */
export const MAX_AMOUNT = 999_999_999_999_999;
const AMOUNT_DECIMALS = 6;
/** A token costs millionths of a cent. */
const COST_DECIMALS = 12;
/** 31 days: longer than any job, short enough to catch seconds that were sent as nanoseconds. */
export const MAX_DURATION_MS = 31 * 86_400_000;
export const MAX_PROPERTIES_BYTES = 8 * 1024;
export const MAX_MESSAGE_LENGTH = 8 * 1024;
export const MAX_ORDER_ITEMS = 1_000;

const MAX_ID_LENGTH = 200;
export const MAX_NAME_LENGTH = 500;
/** The longest URL that every browser and proxy passes on. */
const MAX_URL_LENGTH = 2_048;

/** Lengths are UTF-16 code units, as JavaScript, Java and C# count them. An optional field is left out, never empty. */
export function text(description: string, maxLength: number, minLength = 1): Field {
  return { columnType: 'text', schema: { type: 'string', minLength, maxLength, description } };
}

export const id = (description: string): Field => text(description, MAX_ID_LENGTH);
export const name = (description: string): Field => text(description, MAX_NAME_LENGTH);
export const url = (description: string): Field => text(description, MAX_URL_LENGTH);

export function uuid(description: string): Field {
  return { columnType: 'uuid', schema: { type: 'string', format: 'uuid', description } };
}

export function collection(description: string): Field {
  const field = name(description);
  return { ...field, folded: true };
}

export function choice(description: string, ...values: string[]): Field {
  return { columnType: 'text', schema: { type: 'string', enum: values, description } };
}

export function integer(description: string, minimum: number, maximum: number): Field {
  const columnType = maximum < 32_768 ? 'smallint' : 'integer';
  return { columnType, schema: { type: 'integer', minimum, maximum, description } };
}

export function duration(description: string): Field {
  return {
    columnType: 'double precision',
    schema: { type: 'number', minimum: 0, maximum: MAX_DURATION_MS, description },
  };
}

/** A count of tokens, pixels or seconds: kept with every digit a double has. */
export function units(description: string): Field {
  return { columnType: 'numeric', schema: { type: 'number', minimum: 0, maximum: MAX_AMOUNT, description } };
}

/** An exact decimal, kept to 6 decimals. */
export function amount(description: string, minimum = 0): Field {
  return decimal(description, AMOUNT_DECIMALS, { minimum });
}

/** A cost in USD, kept to 12 decimals. */
export function cost(description: string): Field {
  return decimal(description, COST_DECIMALS, { minimum: 0 });
}

/**
 * An exact decimal above 0; a fraction is for goods sold by length or weight. One that is kept as 0 is taken: it is
 * compared with 0 as it was sent.
 */
export function positiveAmount(description: string): Field {
  return decimal(description, AMOUNT_DECIMALS, { exclusiveMinimum: 0 });
}

function decimal(description: string, decimals: number, lowest: JsonSchema): Field {
  return {
    columnType: 'numeric',
    decimals,
    schema: {
      type: 'number',
      ...lowest,
      maximum: MAX_AMOUNT,
      'x-decimals': decimals,
      description: `${description} Kept to ${decimals} decimals; further digits are rounded, half to even.`,
    },
  };
}

export function flag(description: string): Field {
  return { columnType: 'boolean', schema: { type: 'boolean', description } };
}

export function json(schema: JsonSchema): Field {
  return { columnType: 'jsonb', schema };
}
