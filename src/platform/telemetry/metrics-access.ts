import { createHash, timingSafeEqual } from 'node:crypto';
import { isForwarded } from '../http/index.js';

export interface MetricsRequest {
  /** Address of the peer that opened the connection; never taken from a header. */
  readonly peerAddress: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

const LOOPBACK = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/;

/**
 * Whether a request may read `/metrics`: it comes from this machine and not through a proxy on it, or it bears the
 * token. Without a configured token only the first can be true.
 */
export function mayReadMetrics(request: MetricsRequest, token: string | undefined): boolean {
  return isLocal(request) || (token !== undefined && bears(request, token));
}

function isLocal({ peerAddress, headers }: MetricsRequest): boolean {
  return LOOPBACK.test(peerAddress ?? '') && !isForwarded(headers);
}

function bears({ headers }: MetricsRequest, token: string): boolean {
  const { authorization } = headers;
  if (typeof authorization !== 'string') return false;
  const [, given] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  // Digests have one length, which timingSafeEqual requires and which hides that of the token.
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
