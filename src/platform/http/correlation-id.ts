import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;
/** W3C Trace Context: version-traceid-parentid-flags; version ff is invalid, and later versions may append fields. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.*)?$/;

/** The request's own correlation id, else the trace id it belongs to, else a new one. */
export function correlationIdOf(headers: IncomingHttpHeaders): string {
  const own = headers['x-correlation-id'];
  if (typeof own === 'string' && CORRELATION_ID.test(own)) return own;
  return traceIdOf(headers.traceparent) ?? randomUUID();
}

function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId, rest] = TRACEPARENT.exec(traceparent) ?? [];
  return version === '00' && rest !== undefined ? undefined : traceId;
}
