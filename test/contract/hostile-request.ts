import { Dice, oddRequest, type OddRequest } from './malformed.js';
import type { Operation } from './operations.js';

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const HEADER = base64url('{"alg":"HS256","typ":"JWT"}');

/** What may stand in an authorization header instead of a good token. */
const BAD_TOKENS: readonly string[] = [
  'x',
  '..',
  'a.b.c',
  `${HEADER}.${base64url('null')}.c2ln`,
  `${HEADER}.${base64url('{"sub":"x","roles":["admin"],"exp":9999999999}')}.c2ln`,
  `${base64url('{"alg":"none"}')}.${base64url('{"sub":"x","roles":["admin"],"exp":9999999999}')}.`,
  `${base64url('"HS256"')}.${base64url('{}')}.c2ln`,
  'x'.repeat(9_000),
];

const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { accept: 'text/csv' },
  { accept: '*/*;q=nothing' },
  { 'accept-language': 'x'.repeat(2_000) },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': '::1, 127.0.0.1' },
  { origin: 'null' },
  { cookie: 'analytics_queue_board=x; __proto__=y' },
  { range: 'bytes=0-1,-9' },
  { traceparent: '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff' },
  { 'x-correlation-id': '../../x' },
  { 'if-none-match': '"' },
  { 'if-modified-since': 'yesterday' },
];

const CURSORS = [
  ['-271821-04-20T00:00:00.000Z', '0189f7e2-0000-7000-8000-000000000000'],
  ['2026-02-30T00:00:00Z', '0189f7e2-0000-7000-8000-000000000000'],
  ['9'.repeat(18)],
  ['AAAAAAAAAAAA', 0, 8.64e15, '1e9999', 'p'],
  [{}, []],
  'text',
  null,
].map((parts) => base64url(JSON.stringify(parts)));

export interface HostileRequest extends OddRequest {
  /** A role of a good token. */
  readonly role?: string;
  readonly token?: string;
}

/** A request of a sender who means no good, or has a bug: to any route, in any role, with anything in any place. */
export function hostileRequest(operations: readonly Operation[], dice: Dice): HostileRequest {
  const operation = dice.pick(operations);
  const request = oddRequest(operation, dice);
  const headers = { ...request.headers, ...(dice.below(4) === 0 && dice.pick(ODD_HEADERS)) };
  const url = dice.below(6) === 0 ? withCursor(request.url, operation, dice) : request.url;
  return { ...request, url, headers, ...sender(dice) };
}

function sender(dice: Dice): Pick<HostileRequest, 'role' | 'token'> {
  const roles = ['admin', 'admin', 'admin', 'admin', 'business_viewer', 'service', 'stranger'];
  const choice = dice.below(10);
  if (choice === 0) return {};
  return choice === 1 ? { token: dice.pick(BAD_TOKENS) } : { role: dice.pick(roles) };
}

function withCursor(url: string, { queryParameters }: Operation, dice: Dice): string {
  if (!queryParameters.some(({ name }) => name === 'cursor')) return url;
  return `${url.split('?', 1)[0]}?cursor=${dice.pick(CURSORS)}`;
}
