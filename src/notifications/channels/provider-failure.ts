import { DeadlineExceededError } from '../../platform/deadline/index.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { ForbiddenAddressError } from './public-address.js';

/** What a provider answered, when that was no success. */
export class ProviderAnswerError extends Error {
  constructor(
    readonly status: number,
    /** The provider's own code, if it gave one. */
    readonly code?: string | number,
    readonly retryAfterMs?: number,
  ) {
    super(`It answered ${status}.`);
  }
}

/** A success whose body says nothing that the provider would say. */
export class UnreadableAnswerError extends Error {}

/** The other end cannot prove who it is, or speaks no TLS: nothing that a repeat would change. */
const TLS_CODE =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|TLS|SSL|EPROTO|HOSTNAME_MISMATCH|DEPTH_ZERO|PROXY_INVALID/;
/** The request never got there. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EDNS']);

/** Codes of the clients that only say that there is an error inside. */
const WRAPPERS = new Set(['slack_webhook_request_error', 'ESOCKET', 'ECONNECTION']);

/** How an attempt ended that did not succeed. */
export function outcomeOf(provider: string, error: unknown): SendOutcome {
  if (error instanceof ProviderAnswerError) return outcomeOfAnswer(provider, error);
  if (error instanceof ForbiddenAddressError) return { kind: 'permanent', error: error.message };
  if (error instanceof UnreadableAnswerError) {
    return { kind: 'retry', error: `${provider} sent an answer that cannot be read.`, mayHaveArrived: true };
  }
  const codes = codesOf(error);
  const tls = codes.find((code) => TLS_CODE.test(code));
  if (tls) return { kind: 'permanent', error: `${provider} cannot be reached over TLS (${tls}).` };
  const unreachable = codes.find((code) => NOT_CONNECTED.has(code));
  if (unreachable) return { kind: 'retry', error: `${provider} cannot be reached (${unreachable}).` };
  return {
    kind: 'retry',
    error: `${provider} gave no answer${codes[0] ? ` (${codes[0]})` : ''}.`,
    mayHaveArrived: true,
  };
}

function outcomeOfAnswer(provider: string, { status, code, retryAfterMs }: ProviderAnswerError): SendOutcome {
  const error = `${provider} answered ${status}${code === undefined ? '' : ` (${code})`}.`;
  if (status === 429) return { kind: 'retry', error, afterMs: retryAfterMs };
  // 408 and 425 ask for another try as well.
  if (status >= 500 || status === 408 || status === 425) return { kind: 'retry', error, afterMs: retryAfterMs };
  return { kind: 'permanent', error };
}

/** The codes of an error and of what it wraps: `fetch` and the clients put the network's own error inside. */
export function codesOf(error: unknown, depth = 0): string[] {
  // Not `instanceof`: errors of the network come from another realm when Jest runs this. Deeper it is a cycle.
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  if (error instanceof DeadlineExceededError) return ['timeout'];
  const { code, originalCode, name, cause, original, errors } = error as Record<string, unknown>;
  const own = [originalCode, code].filter((text) => typeof text === 'string' && !WRAPPERS.has(text)) as string[];
  const timeout = name === 'TimeoutError' || name === 'AbortError' ? ['timeout'] : [];
  const inner = [cause, original, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [...own, ...timeout, ...inner.flatMap((each) => codesOf(each, depth + 1))];
}

/** Milliseconds of a `Retry-After`: seconds, or a date. */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
