import type { OpenAPIObject } from '@nestjs/swagger';

type Parameter = Record<string, unknown> & { required?: boolean; schema?: Record<string, unknown> };

interface Operation {
  readonly parameters?: Parameter[];
}

/**
 * The examples of optional parameters as `examples` of their schema, as OpenAPI 3.1 has them, not as `example`: with that
 * Swagger UI fills every field in, and asks for what contradicts itself: a range beside from and to, a cursor of no list.
 * `x-example` is what it shows beside an empty field.
 */
export function offerExamples(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Operation[]);
  for (const { parameters = [] } of operations) {
    for (const parameter of parameters) if (!parameter.required) offer(parameter);
  }
  return document;
}

function offer(parameter: Parameter): void {
  const { example, ...schema } = parameter.schema ?? {};
  if (example === undefined) return;
  parameter['x-example'] = Array.isArray(example) ? example.join(', ') : example;
  parameter.schema = { ...schema, examples: [example] };
}
