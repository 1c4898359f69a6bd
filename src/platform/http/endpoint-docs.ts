import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
  getSchemaPath,
} from '@nestjs/swagger';
import type { BodyLimits } from './body-limits.js';
import type { EndpointConfig } from './endpoint-config.js';
import type { EndpointOptions } from './endpoint-options.js';
import { ProblemDto } from './problem.dto.js';
import { problemOf, type Problem } from './problem.js';

const ERROR_DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed or not valid; `errors` names each field.',
  401: 'No token, or one that does not hold.',
  403: 'The token’s roles do not allow this.',
  404: 'There is no such object.',
  409: 'It conflicts with what is stored.',
  412: '`If-Match` names a version that is not the stored one any more.',
  413: 'The body is too large.',
  415: 'The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.',
  422: 'Nothing could be accepted.',
  429: 'Too many requests, or a full queue; `Retry-After` says when to try again.',
  503: 'Something the answer needs is down; `Retry-After` says when to try again.',
};

const RETRY_AFTER = {
  description: 'Seconds to wait before the next attempt.',
  schema: { type: 'integer' as const, example: 2 },
};

const RATE_LIMIT_HEADERS = {
  'x-ratelimit-limit': {
    description: 'Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0.',
    schema: { type: 'integer' as const },
  },
  'x-ratelimit-remaining': { description: 'Requests left.', schema: { type: 'integer' as const } },
  'x-ratelimit-reset': {
    description: 'Seconds until all requests are left again.',
    schema: { type: 'integer' as const },
  },
};

/** What OpenAPI says of an endpoint. `bodyDto` is the class of its body, if that has one. */
export function documentEndpoint(options: EndpointOptions, config: EndpointConfig, bodyDto?: Type): MethodDecorator {
  const access = options.public ? [ApiSecurity({})] : [ApiBearerAuth()];
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({ summary: options.summary, description: descriptionOf(options) }),
    ...access,
    ...bodyOf(options, bodyDto),
    successOf(options, config),
    ...statusesOf(options, config).map((status) => refusal(status, options, config)),
  );
}

function descriptionOf({ description, roles }: EndpointOptions): string {
  const who = roles ? `Roles: ${[...new Set(['admin', ...roles])].join(', ')}.` : 'Public.';
  return description === undefined ? who : `${description}\n\n${who}`;
}

function bodyOf({ body, examples }: EndpointOptions, dto: Type | undefined): MethodDecorator[] {
  if (body?.schema === undefined && examples?.request === undefined) return [];
  // Without either, what is said of the body beside its examples would be "a string".
  const shape = body?.schema ? { schema: body.schema } : { type: dto };
  const named = Object.entries(examples?.request ?? {}).map(([name, value]) => [name, { value }] as const);
  const shown = named.length > 0 ? { examples: Object.fromEntries(named) } : {};
  return [ApiBody({ ...shape, ...shown })];
}

function successOf(options: EndpointOptions, config: EndpointConfig): MethodDecorator {
  const { method, status, response, examples } = options;
  const code = status ?? (method === 'DELETE' ? 204 : 200);
  // Empty: completed from the schema of the answer, see `completeDocument`.
  const description = options.returns ?? (code === 204 ? 'The change was made; the answer has no body.' : '');
  const headers = headersOf(options, config);
  const example = examples?.response === undefined ? {} : { example: examples.response };
  if (response === undefined) return ApiResponse({ status: code, description, headers });
  if ('schema' in response)
    return ApiResponse({ status: code, description, headers, schema: response.schema, ...example });
  if (Array.isArray(response))
    return ApiResponse({ status: code, description, headers, type: response as [Type], ...example });
  return ApiResponse({ status: code, description, headers, type: response as Type, ...example });
}

/** Headers of an answer beside the correlation id, which every one has. */
function headersOf({ public: isPublic, etag }: EndpointOptions, { isRateLimited }: EndpointConfig) {
  return {
    ...(!isPublic && isRateLimited && RATE_LIMIT_HEADERS),
    ...(etag !== undefined && { ETag: { description: etag, schema: { type: 'string' as const } } }),
  };
}

function statusesOf({ public: isPublic, errors = [] }: EndpointOptions, config: EndpointConfig): number[] {
  const statuses = new Set<number>([400, ...errors]);
  if (!isPublic) [401, 403].forEach((status) => statuses.add(status));
  if (!isPublic && config.isRateLimited) statuses.add(429);
  if (config.takesBody) [413, 415].forEach((status) => statuses.add(status));
  return [...statuses].sort((a, b) => a - b);
}

/** 422 has the body of the answer: a batch of which nothing could be accepted is told as one of which something was. */
function refusal(
  status: number,
  { response, examples }: EndpointOptions,
  { bodyLimits }: EndpointConfig,
): MethodDecorator {
  if (status === 413) return problemResponse(status, sizeOf(bodyLimits));
  if (status !== 422 || response === undefined || !('schema' in response)) return problemResponse(status);
  const example = examples?.refused ?? examples?.response;
  const description = ERROR_DESCRIPTIONS[status];
  return ApiResponse({ status, description, schema: response.schema, example });
}

/** What the largest body may have. */
function sizeOf({ maxBytes, maxKeys, maxItems, maxKeysPerObject }: BodyLimits): string {
  const [bytes, keys, items, own] = [maxBytes, maxKeys, maxItems, maxKeysPerObject].map((most) =>
    most.toLocaleString('en'),
  );
  return `The body is too large: it may have ${bytes} bytes after decompression, ${keys} keys (${own} in one object) and ${items} array items.`;
}

function problemResponse(status: number, description = ERROR_DESCRIPTIONS[status] ?? 'Refused.'): MethodDecorator {
  const schema = { $ref: getSchemaPath(ProblemDto) };
  const content = { 'application/problem+json': { schema, example: problemExample(status) } };
  const headers = {
    ...((status === 429 || status === 503) && { 'Retry-After': RETRY_AFTER }),
    ...(status === 429 && RATE_LIMIT_HEADERS),
  };
  return ApiResponse({ status, description, content, headers });
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid-input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'stale-version',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  503: 'dependency-unavailable',
};

function problemExample(status: number): Problem {
  const answer = { code: CODES[status] ?? 'refused', status, detail: ERROR_DESCRIPTIONS[status] ?? 'Refused.' };
  // What every route refuses, whatever it takes.
  const errors = [{ path: 'colour', message: 'is not a known query parameter' }];
  const given = status === 400 ? { ...answer, errors } : answer;
  return problemOf(given, '/api/v1/analytics/…', '4bf92f3577b34da6a3ce929d0e0e4736');
}
