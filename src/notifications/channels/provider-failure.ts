import { DeadlineExceededError } from '../../platform/deadline/index.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { providerText } from './provider-text.js';
import { ForbiddenAddressError } from './public-address.js';

/** A refusal of a provider. */
export class ProviderAnswerError extends Error {
  constructor(
    readonly status: number,
    readonly details: {
      /** The provider's own code. */
      readonly code?: string | number;
      /** In its own words. */
      readonly text?: string;
      readonly retryAfterMs?: number;
    } = {},
  ) {
    super(`It answered ${status}.`);
  }
}

/** A success whose body says nothing that the provider would say. The message was accepted all the same. */
export class UnreadableAnswerError extends Error {
  constructor(readonly status: number) {
    super(`It answered ${status} with a body that cannot be read.`);
  }
}

/** Whom an attempt called. */
export interface Provider {
  /** As sentences begin with it. */
  readonly name: string;
  /** What must not be shown if the provider repeats it. */
  readonly secrets: readonly string[];
}

/** The other end cannot prove who it is, or speaks no TLS: nothing that a repeat would change. */
const TLS_CODE =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|TLS|SSL|EPROTO|HOSTNAME_MISMATCH|DEPTH_ZERO|PROXY_INVALID/;
/** The request never got there. */
const NOT_CONNECTED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EDNS', 'NO_CONNECTION'],
]);

/** Codes of the clients that only say that there is an error inside. */
const WRAPPERS = new Set(['slack_webhook_request_error', 'ESOCKET', 'ECONNECTION']);

/** How an attempt ended that did not succeed as it should. */
export function outcomeOf(provider: Provider, error: unknown): SendOutcome {
  const { name } = provider;
  if (error instanceof ProviderAnswerError) return outcomeOfAnswer(provider, error);
  if (error instanceof ForbiddenAddressError) return { kind: 'permanent', error: error.message };
  if (error instanceof UnreadableAnswerError) {
    return { kind: 'sent', warning: `${name} answered ${error.status} with a body that cannot be read.` };
  }
  const codes = codesOf(error);
  const tls = codes.find((code) => TLS_CODE.test(code));
  if (tls) return { kind: 'permanent', error: `${name} cannot be reached over TLS (${tls}).` };
  const unreachable = codes.find((code) => NOT_CONNECTED.has(code));
  if (unreachable) return { kind: 'retry', error: `${name} cannot be reached (${unreachable}).` };
  return {
    kind: 'retry',
    error: `${name} gave no answer${codes[0] ? ` (${codes[0]})` : ''}.`,
    mayHaveArrived: true,
  };
}

function outcomeOfAnswer(provider: Provider, { status, details }: ProviderAnswerError): SendOutcome {
  const error = answeredText(provider, status, details);
  // 408 and 425 ask for another try, too.
  const isTemporary = status >= 500 || status === 429 || status === 408 || status === 425;
  return isTemporary ? { kind: 'retry', error, retryAfterMs: details.retryAfterMs } : { kind: 'permanent', error };
}

/** What a provider answered, with its own words. */
export function answeredText(
  { name, secrets }: Provider,
  status: number,
  { code, text = '' }: { readonly code?: string | number; readonly text?: string },
): string {
  const answered = `${name} answered ${status}${code === undefined ? '' : ` (${providerText(String(code), secrets)})`}`;
  const words = providerText(text, secrets);
  return words === '' ? `${answered}.` : `${answered}: ${words}`;
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
