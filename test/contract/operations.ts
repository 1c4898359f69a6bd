import type { AnySchemaObject } from 'ajv';

/** What of an OpenAPI document these tests look at. */
export interface OpenApiDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>> };
}

interface OperationObject {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: ParameterSchema;
}

export interface ParameterSchema {
  readonly $ref?: string;
  readonly allOf?: readonly ParameterSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: ParameterSchema;
}

export interface Content {
  readonly schema?: AnySchemaObject;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** One route of the document. */
export class Operation {
  readonly name: string;

  constructor(
    readonly method: string,
    readonly path: string,
    private readonly object: OperationObject,
    private readonly schemas: OpenApiDocument['components']['schemas'],
  ) {
    this.name = `${method} ${path}`;
  }

  get queryParameters(): readonly Parameter[] {
    return (this.object.parameters ?? [])
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => ({ ...parameter, schema: this.resolved(parameter.schema) }));
  }

  /** Named enums are references. */
  private resolved({ $ref, allOf = [], items, ...schema }: ParameterSchema): ParameterSchema {
    const named = $ref === undefined ? {} : this.schemas[$ref.split('/').at(-1) ?? ''];
    return {
      ...(named as ParameterSchema),
      ...Object.assign({}, ...allOf.map((one) => this.resolved(one))),
      ...schema,
      ...(items && { items: this.resolved(items) }),
    } as ParameterSchema;
  }

  get pathParameters(): readonly string[] {
    return [...this.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');
  }

  get body(): Content | undefined {
    return this.object.requestBody?.content['application/json'];
  }

  /** Every answer that has a body: its status and what is said of it. */
  get answers(): readonly { readonly status: string; readonly content: Content }[] {
    return Object.entries(this.object.responses).flatMap(([status, { content = {} }]) =>
      Object.values(content).map((one) => ({ status, content: one })),
    );
  }

  /** Below the root, with a value for every path parameter. */
  url(values: (name: string) => string = validPathValue): string {
    return this.path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values(name)));
  }
}

export function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, object]) => new Operation(method.toUpperCase(), path, object, document.components.schemas),
    ),
  );
}

/** The user that the tests' tokens name, whose own data a viewer may see. */
export const SUBJECT = 'tester';

function validPathValue(name: string): string {
  if (name === 'user_id') return SUBJECT;
  return name === 'team' ? 'sales' : '0189f7e2-0000-7000-8000-000000000000';
}

export function examplesOf({ example, examples }: Content): unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map(({ value }) => value)];
}
