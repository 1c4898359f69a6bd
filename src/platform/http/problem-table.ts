import { ForbiddenError, UnauthenticatedError } from '../auth/index.js';
import { InvalidInputError, type DomainError } from '../errors/index.js';
import type { ProblemAnswer } from './problem.js';
import { MethodNotAllowedError, UnreadableBodyError } from './request-errors.js';

/** Code of a domain error → status. What is not listed is a fault of ours. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  'invalid-input': 400,
  'malformed-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'stale-version': 412,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  overloaded: 429,
  'rate-limited': 429,
  'dependency-unavailable': 503,
};

/** What an error of the domain says to the outside; `undefined` when it has no place in the table. */
export function answerOfDomainError(error: DomainError): ProblemAnswer | undefined {
  const status = STATUS_BY_CODE[error.code];
  if (status === undefined) return undefined;
  const errors = error instanceof InvalidInputError ? error.errors : undefined;
  return { code: error.code, status, detail: error.message, headers: headersOf(error), ...(errors && { errors }) };
}

function headersOf(error: DomainError): Record<string, string> {
  if ('retryAfterSeconds' in error) {
    return { 'retry-after': String(Math.max(1, Math.ceil(Number(error.retryAfterSeconds)))) };
  }
  if (error instanceof UnauthenticatedError) return { 'www-authenticate': challenge(error.reason) };
  if (error instanceof ForbiddenError) return { 'www-authenticate': challenge('insufficient_scope') };
  if (error instanceof MethodNotAllowedError) return { allow: error.allowed.join(', ') };
  if (error instanceof UnreadableBodyError && error.accepts) return error.accepts;
  return {};
}

/** RFC 6750, section 3: without `error` where no token was sent. */
function challenge(error?: string): string {
  return error === undefined ? 'Bearer realm="analytics"' : `Bearer realm="analytics", error="${error}"`;
}
