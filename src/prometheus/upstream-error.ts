import { DomainError } from '../platform/errors/index.js';
import { ExpositionError } from './domain/exposition-error.js';

/** A target or a Prometheus server did not give a usable answer. The message goes on from its name: "… answered 500". */
export class UpstreamError extends DomainError {
  readonly code = 'bad-upstream-answer';
}

/** What went wrong, in words that follow the name of whom was asked. */
export function whatWentWrong(error: unknown): string {
  if (error instanceof UpstreamError) return error.message;
  if (error instanceof ExpositionError) return `answered no exposition: ${error.message}`;
  if (isTimeout(error)) return 'did not answer in time';
  return `cannot be reached${codeOf(error)}`;
}

function isTimeout(error: unknown): boolean {
  const name = (error as { name?: unknown } | undefined)?.name;
  return name === 'TimeoutError' || name === 'AbortError';
}

/** `fetch` says "fetch failed"; the reason is in its cause. */
function codeOf(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? ` (${cause.code})` : '';
}
