import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TAGS } from '../src/platform/http/open-api.js';

// The committed document; `npm run openapi -- --check` holds it against the code.
const file = path.resolve(__dirname, '../docs/openapi.json');

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  example?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  default?: unknown;
  format?: string;
  items?: Schema;
  description?: string;
  type?: string | string[];
}
interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: object;
}
interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security?: object[];
  parameters: { name: string; required?: boolean; description?: string; example?: unknown; schema: Schema }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description: string; headers?: object; content?: Record<string, Content> }>;
}

interface OpenApi {
  openapi: string;
  info: Record<string, unknown>;
  servers: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const document: OpenApi = JSON.parse(readFileSync(file, 'utf8'));
const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${route}`,
    route,
    operation,
  })),
);
const each = operations.map(({ name, operation }) => [name, operation] as const);
const PROBLEM = 'application/problem+json';
/** A batch of which nothing could be accepted is answered with the verdicts on its events. */
const VERDICTS = '422';

it('is OpenAPI 3.1, of every route, by its full path', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(operations.length).toBeGreaterThan(14);
  const elsewhere = operations.filter(({ route }) => !route.startsWith('/api/v1/analytics/'));
  expect(elsewhere.map(({ route }) => route)).toEqual(['/health/live', '/health/ready']);
});

it('names each operation once', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it.each(each)('groups and describes %s, and says who may use it', (_name, operation) => {
  expect(operation.tags).toEqual([expect.stringMatching(new RegExp(`^(${Object.keys(TAGS).join('|')})$`))]);
  expect(operation.summary.length).toBeGreaterThan(5);
  expect(operation.description).toMatch(/(^|\n)(Roles: admin|Public\.)/);
  expect(operation.security).toEqual(operation.description.endsWith('Public.') ? [] : [{ bearer: [] }]);
});

it.each(each)('describes the parameters of %s, each with something that may stand there', (_name, operation) => {
  for (const { name, description, schema: declared, example } of operation.parameters) {
    const schema = { ...resolved(declared), ...declared };
    expect([name, description]).toEqual([name, expect.stringMatching(/\w{2}/)]);
    const shown = [
      example,
      schema.example,
      schema.examples,
      schema.enum,
      schema.default,
      schema.format,
      resolved(schema.items).enum,
    ];
    expect([name, shown.some((value) => value !== undefined) || schema.type === 'boolean']).toEqual([name, true]);
  }
});

/** Swagger UI fills those in: filters nobody asked for, and a range beside from and to, which is refused. */
it.each(each)('has nothing filled in that %s can do without', (_name, { parameters }) => {
  const filledIn = parameters.filter(({ required, example, schema }) => !required && (example ?? schema.example));
  expect(filledIn.map(({ name }) => name)).toEqual([]);
});

it.each(each)('shows what %s takes and answers', (_name, operation) => {
  for (const [status, { description, content }] of Object.entries(operation.responses)) {
    expect(description).toBeTruthy();
    if (status >= '400' && status !== VERDICTS) expect(Object.keys(content ?? {})).toEqual([PROBLEM]);
    else if (!['204', '304'].includes(status))
      expect([status, Object.values(content ?? {}).every(hasExample), content]).toEqual([
        status,
        true,
        expect.anything(),
      ]);
  }
  for (const content of Object.values(operation.requestBody?.content ?? {})) expect(hasExample(content)).toBe(true);
});

it.each(each)('lists how %s refuses', (_name, { security, requestBody, responses }) => {
  const statuses = Object.keys(responses);
  expect(statuses).toEqual(
    expect.arrayContaining([
      '400',
      ...(security?.length ? ['401', '403'] : []),
      ...(requestBody ? ['413', '415'] : []),
    ]),
  );
});

function hasExample({ example, examples }: Content): boolean {
  return example !== undefined || Object.keys(examples ?? {}).length > 0;
}

function resolved(schema: Schema = {}): Schema {
  const { $ref } = schema.allOf?.[0] ?? schema;
  return $ref ? (document.components.schemas[$ref.split('/').at(-1)!] ?? {}) : schema;
}

it('says of figures what they cover, where they come from, and whether all are there', () => {
  const metas = operations.flatMap(({ name, route, operation }) => {
    const { properties } = resolved(operation.responses['200']?.content?.['application/json']?.schema);
    // The sections of the summary bring their own.
    return properties?.meta && !route.endsWith('/summary') ? [[name, resolved(properties.meta).required]] : [];
  });
  expect(metas.length).toBeGreaterThan(14);
  for (const [name, required] of metas) {
    const said = ['from', 'to', 'range', 'source', 'generated_at', 'stale'];
    expect([name, required]).toEqual([name, expect.arrayContaining(said)]);
  }
});

it('says what the document is of, and where it is served', () => {
  const { version, license } = JSON.parse(readFileSync(path.resolve(__dirname, '../package.json'), 'utf8')) as Record<
    string,
    string
  >;
  expect(document.info).toMatchObject({ version, license: { name: license } });
  expect(document.info).not.toHaveProperty('contact');
  expect(document.servers).toEqual([{ url: '/', description: expect.any(String) as unknown }]);
});

it.each(each)('describes every answer of %s and its headers', (_name, { responses }) => {
  for (const { description, headers } of Object.values(responses)) {
    expect(description).not.toMatch(/^Done/);
    expect(Object.keys(headers ?? {})).toContain('x-correlation-id');
  }
  expect(Object.keys(responses['429']?.headers ?? { 'Retry-After': {} })).toContain('Retry-After');
});

describe('every schema', () => {
  const schemas = Object.entries(document.components.schemas);

  it('has a public name and a description', () => {
    expect(schemas.length).toBeGreaterThan(150);
    expect(schemas.filter(([name]) => /Dto$/.test(name))).toEqual([]);
    expect(schemas.filter(([, { description }]) => !description).map(([name]) => name)).toEqual([]);
  });

  it('is used', () => {
    const text = JSON.stringify(document);
    const unused = schemas.filter(([name]) => !text.includes(`"#/components/schemas/${name}"`));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it('says of a free object that it is free', () => {
    const silent: string[] = [];
    const visit = (node: unknown, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, properties, additionalProperties, allOf } = node as Record<string, unknown>;
      if (type === 'object' && !properties && additionalProperties === undefined && !allOf) silent.push(at);
      for (const [key, child] of Object.entries(node)) if (!key.startsWith('example')) visit(child, `${at}.${key}`);
    };
    visit(document, '');
    expect(silent).toEqual([]);
  });

  it('of an event is one for each type, told apart by its type', () => {
    const { Event: event } = document.components.schemas as Record<string, { discriminator?: { mapping: object } }>;
    expect(event?.discriminator?.mapping).toEqual({
      api_request: '#/components/schemas/ApiRequestEvent',
      ml_job: '#/components/schemas/MlJobEvent',
      order: '#/components/schemas/OrderEvent',
      storefront: '#/components/schemas/StorefrontEvent',
      inventory: '#/components/schemas/InventoryEvent',
      error: '#/components/schemas/ErrorEvent',
    });
  });

  it('counts in whole numbers', () => {
    const COUNTS = /^(jobs|succeeded|failed|cancelled|orders|sessions|views|add_to_carts|count|jobs_without_cost)$/;
    const wrong = schemas
      .filter(([name]) => !name.endsWith('Changes'))
      .flatMap(([name, { properties = {} }]) =>
        Object.entries(properties)
          .filter(([field, { type }]) => COUNTS.test(field) && [type].flat().includes('number'))
          .map(([field]) => `${name}.${field}`),
      );
    expect(wrong).toEqual([]);
  });
});
