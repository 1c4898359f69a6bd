import type { Operation, Parameter, ParameterSchema } from './operations.js';

/** Longer than any text that a parameter may be. */
const ENDLESS = 'x'.repeat(5_000);

const REFUSED_TEXTS: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['yesterday', '1763769600', '2026-02-30T00:00:00Z', '2026-11-22T10:00:00', ''],
  uuid: ['7', 'not-a-uuid'],
};

/** Values that a query parameter must refuse whatever it is for, judged by what the document says of it. */
export function refusedValues({ type, format, items, ...schema }: ParameterSchema): string[] {
  if (items) return refusedValues(items);
  if (schema.enum) return ['no-such-value', `${schema.enum[0]} `, String(schema.enum[0]).toUpperCase() + 'X', ''];
  if (type === 'integer' || type === 'number') {
    const { minimum, maximum } = schema;
    const beyond = [minimum === undefined ? [] : minimum - 1, maximum === undefined ? [] : maximum + 1].flat();
    return [...beyond.map(String), 'x', 'NaN', '1e2', '0x10', ' 1', ...(type === 'integer' ? ['1.5'] : [])];
  }
  if (type === 'boolean') return ['maybe', '2', 'TRUE '];
  return [...(REFUSED_TEXTS[format ?? ''] ?? []), ENDLESS];
}

/** Each with the query that holds it and, beside it, what the parameter needs to be looked at. */
export function refusedQueries({ queryParameters }: Operation): { parameter: string; query: string }[] {
  return queryParameters.flatMap((parameter) => {
    const { name, schema } = parameter;
    const beside = besides(parameter, queryParameters);
    const once = refusedValues(schema).map((value) => ({
      parameter: name,
      query: `${beside}${name}=${encodeURIComponent(value)}`,
    }));
    return schema.items ? once : [...once, { parameter: name, query: `${beside}${name}=1&${name}=2` }];
  });
}

/** An end needs its beginning, and a required parameter has to be there. */
function besides({ name }: Parameter, all: readonly Parameter[]): string {
  const others = all.filter(
    (other) => other.name !== name && (other.required || (name === 'to' && other.name === 'from')),
  );
  return others.map((other) => `${other.name}=${encodeURIComponent(validValue(other.schema))}&`).join('');
}

function validValue({ type, format, enum: values }: ParameterSchema): string {
  if (values) return values[0] ?? '';
  if (format === 'date-time') return new Date(Date.now() - 3_600_000).toISOString();
  return type === 'integer' || type === 'number' ? '1' : 'a';
}

/** A sequence of choices that is the same for the same seed. */
export class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '😀',
  '*',
  '%',
  '-1',
  '0',
  '1e999',
  '9'.repeat(40),
  'null',
  'true',
  '[]',
  '{}',
  "'; SELECT 1; --",
  '" OR 1=1',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '$1',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '-000001-01-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  ENDLESS,
] as const;

const ODD_VALUES: readonly unknown[] = [
  ...ODD_TEXTS,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER + 1,
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  { $gt: '' },
];

export interface OddRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request to the route that is wrong in one or several places, or by chance right. */
export function oddRequest(operation: Operation, dice: Dice): OddRequest {
  const isOdd = operation.pathParameters.length > 0 && dice.below(3) > 0;
  const path = isOdd ? operation.url(() => wellFormed(dice.pick(ODD_TEXTS).slice(0, 500)) || '%') : operation.url();
  const query = oddQuery(operation, dice);
  const headers = { ...oddHeaders(dice), ...(operation.body && { 'content-type': oddContentType(dice) }) };
  const body =
    operation.method === 'GET' || (!operation.body && dice.below(4) > 0) ? undefined : oddBody(operation, dice);
  return { url: `${path}${query}`, method: operation.method, headers, body };
}

function oddQuery({ queryParameters, method }: Operation, dice: Dice): string {
  const names = [
    ...queryParameters.map(({ name }) => name),
    ...(dice.below(8) === 0 ? ['odd', '__proto__', 'a[b]'] : []),
  ];
  if (names.length === 0 || (method !== 'GET' && dice.below(3) > 0)) return '';
  const parts = Array.from({ length: 1 + dice.below(3) }, () => {
    const value = dice.below(12) === 0 ? dice.pick(['%', '%ff', '%00', '%ed%a0%80']) : encoded(dice.pick(ODD_TEXTS));
    return `${encodeURIComponent(dice.pick(names))}=${value}`;
  });
  return `?${parts.join('&')}`;
}

function oddHeaders(dice: Dice): Record<string, string> {
  switch (dice.below(10)) {
    case 0:
      return { 'if-match': dice.pick(['"x"', '*', '1', '"999999999999999999999"', 'W/"1"']) };
    case 1:
      return { 'if-none-match': dice.pick(['*', '"', 'W/"a", "b"']) };
    case 2:
      return { 'x-correlation-id': 'x'.repeat(200) };
    case 3:
      return { 'accept-encoding': 'nothing;q=x' };
    default:
      return {};
  }
}

function oddContentType(dice: Dice): string {
  const odd = ['text/plain', 'application/json; charset=latin1', 'application/xml', 'multipart/form-data', 'json'];
  return dice.below(10) === 0 ? dice.pick(odd) : 'application/json';
}

function oddBody(operation: Operation, dice: Dice): string {
  const examples = Object.values(operation.body?.examples ?? {}).map(({ value }) => value);
  switch (dice.below(8)) {
    case 0:
      return JSON.stringify(dice.pick(ODD_VALUES));
    case 1:
      return dice.pick(['', '{', '{"a":', '[', 'nul', '"\\ud800"', '{"a":1}}', '['.repeat(2_000)]);
    case 2:
      return `{"__proto__":${JSON.stringify(dice.pick(ODD_VALUES))}}`;
    default:
      return JSON.stringify(mutated(examples.length > 0 ? dice.pick(examples) : {}, dice));
  }
}

/** The value with one place of it, however deep, exchanged, removed or added. */
function mutated(value: unknown, dice: Dice): unknown {
  if (typeof value !== 'object' || value === null) return dice.pick(ODD_VALUES);
  if (Array.isArray(value)) return mutatedArray(value, dice);
  const names = Object.keys(value);
  const action = dice.below(6);
  if (names.length === 0 || action === 0)
    return { ...value, [dice.pick(['odd', 'id', 'version'])]: dice.pick(ODD_VALUES) };
  const name = dice.pick(names);
  const { [name]: old, ...rest } = value as Record<string, unknown>;
  return action === 1 ? rest : { ...value, [name]: action < 4 ? mutated(old, dice) : dice.pick(ODD_VALUES) };
}

function mutatedArray(values: readonly unknown[], dice: Dice): unknown[] {
  const place = dice.below(values.length + 1);
  if (place === values.length) return [...values, dice.pick(ODD_VALUES)];
  return values.map((value, index) => (index === place ? mutated(value, dice) : value));
}

/** A lone surrogate cannot be percent-encoded. */
function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
