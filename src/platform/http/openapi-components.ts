import type { OpenAPIObject } from '@nestjs/swagger';
import type { SchemaObject } from './endpoint-options.js';

type Json = Record<string, unknown>;

const REFERENCE = '#/components/schemas/';
const registered = new Map<string, SchemaObject>();

/** Publishes a schema under `name`, once. @returns a reference to it */
export function componentSchema(name: string, schema: SchemaObject): SchemaObject {
  registered.set(name, schema);
  return { $ref: `${REFERENCE}${name}` };
}

const CORRELATION_ID = {
  description: 'Correlation id of the request: its own, that of its `traceparent`, or a new one.',
  schema: { type: 'string', examples: ['4bf92f3577b34da6a3ce929d0e0e4736'] },
};

/**
 * What holds of every schema and every response, said in one place: schemas without the suffix of their class, the
 * registered ones beside them, free objects that say so, the header of every answer, and descriptions of answers.
 * @throws Error when two schemas would have the same name
 */
export function completeDocument(
  document: OpenAPIObject,
  enumDescriptions: Readonly<Record<string, string>>,
): OpenAPIObject {
  const schemas = { ...(document.components?.schemas as Json), ...Object.fromEntries(registered) };
  const complete = withPublicNames({ ...document, components: { ...document.components, schemas } });
  visit(complete, (node) => {
    const isFree = node['type'] === 'object' && !node['properties'] && node['additionalProperties'] === undefined;
    if (isFree && !node['allOf']) node['additionalProperties'] = true;
    withoutSingleAllOf(node);
  });
  describeEnums(complete, enumDescriptions);
  for (const operation of operationsOf(complete)) completeResponses(operation, complete);
  return complete as unknown as OpenAPIObject;
}

function withPublicNames(document: object): Json {
  const text = JSON.stringify(document).replaceAll(/(#\/components\/schemas\/\w+?)Dto"/g, '$1"');
  const copy = JSON.parse(text) as Json & { components: { schemas: Json } };
  const entries = Object.entries(copy.components.schemas).map(([name, schema]) => [name.replace(/Dto$/, ''), schema]);
  const named = Object.fromEntries(entries) as Json;
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two schemas of the API have the name ${twice as string}.`);
  copy.components.schemas = Object.fromEntries(
    Object.entries(named).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return copy;
}

/** In OpenAPI 3.1 a reference may stand beside a description. */
function withoutSingleAllOf(node: Json): void {
  const [only, ...others] = (node['allOf'] ?? []) as { $ref?: string }[];
  if (!only?.$ref || others.length > 0 || node['type'] !== undefined) return;
  node['$ref'] = only.$ref;
  delete node['allOf'];
}

function visit(node: unknown, change: (node: Json) => void): void {
  if (Array.isArray(node)) return node.forEach((child) => visit(child, change));
  if (typeof node !== 'object' || node === null) return;
  change(node as Json);
  for (const [key, child] of Object.entries(node))
    if (!key.startsWith('example') && key !== 'default') visit(child, change);
}

/** A named enum is described by what it is, not by the first field that has it. */
function describeEnums(document: Json, descriptions: Readonly<Record<string, string>>): void {
  const { schemas } = document['components'] as { schemas: Record<string, Json> };
  for (const [name, schema] of Object.entries(schemas)) {
    if (!schema['enum']) continue;
    if (!descriptions[name]) throw new Error(`The enum ${name} has no description.`);
    schema['description'] = descriptions[name];
  }
}

interface Response extends Json {
  description: string;
  headers?: Json;
  content?: Record<string, { schema?: { $ref?: string; items?: { $ref?: string } } }>;
}

interface Operation {
  security?: object[];
  readonly summary: string;
  readonly responses: Record<string, Response>;
}

function operationsOf(document: Json): Operation[] {
  const paths = Object.values(document['paths'] as Record<string, Record<string, Operation>>);
  return paths.flatMap((methods) => Object.values(methods));
}

/** An answer without a description of its own is described by its schema. */
function completeResponses(operation: Operation, document: Json): void {
  const { responses, summary } = operation;
  // A requirement of nothing means that a token is optional; a public route asks for none at all.
  if (operation.security?.some((requirement) => Object.keys(requirement).length === 0)) operation.security = [];
  const { schemas } = document['components'] as { schemas: Record<string, { description?: string }> };
  for (const response of Object.values(responses)) {
    response.headers = { 'x-correlation-id': CORRELATION_ID, ...response.headers };
    if (response.description !== '') continue;
    const schema = response.content?.['application/json']?.schema;
    const name = (schema?.$ref ?? schema?.items?.$ref)?.slice(REFERENCE.length);
    response.description = (name && schemas[name]?.description) ?? `${summary}.`;
  }
}
