import { createHash } from 'node:crypto';
import { Decimal, type TimeRange } from '../metrics/index.js';
import { InvalidInputError } from '../platform/errors/index.js';
import { decodeCursor, encodeCursor, isInstantMs } from '../platform/http/index.js';
import type { ProductsQueryDto } from './dto/business-query.dto.js';
import type { ProductPlace } from './domain/product-row.js';

/** The longest range there is, and what its ends may have been moved out by. */
const MAX_RANGE_MS = 402 * 86_400_000;

/** Where a list of products goes on: after which row, and over which time, so that all its pages cover the same. */
export interface ProductContinuation {
  readonly range: TimeRange;
  readonly after: ProductPlace;
}

export function productCursor(query: ProductsQueryDto, { range, after }: ProductContinuation): string {
  const { value, product } = after;
  const time = [range.from.getTime(), range.to.getTime()] as const;
  return encodeCursor([fingerprintOf(query), ...time, value === null ? '' : value.toString(), product]);
}

/** @throws InvalidInputError naming `cursor` when it is none, or one of a list that was asked for otherwise */
export function readProductCursor(query: ProductsQueryDto, cursor: string): ProductContinuation {
  const { fingerprint, ...continuation } = decodeCursor(cursor, readParts);
  if (fingerprint === fingerprintOf(query)) return continuation;
  const message = 'is of a list with another sort, range or filter; leave all but limit as they were, or start anew';
  throw new InvalidInputError([{ path: 'cursor', message }]);
}

function readParts(parts: unknown[]): (ProductContinuation & { fingerprint: string }) | undefined {
  const [fingerprint, from, to, value, product] = parts;
  if (parts.length !== 5 || typeof fingerprint !== 'string' || typeof product !== 'string') return undefined;
  if (!isInstantMs(from) || !isInstantMs(to) || !isRange(from, to) || typeof value !== 'string' || !isValue(value))
    return undefined;
  const range = { from: new Date(from), to: new Date(to), name: null };
  return { fingerprint, range, after: { value: value === '' ? null : new Decimal(value), product } };
}

function isRange(fromMs: number, toMs: number): boolean {
  return fromMs < toMs && toMs - fromMs <= MAX_RANGE_MS;
}

function isValue(text: string): boolean {
  return /^(-?\d+(\.\d+)?(e[+-]\d+)?)?$/.test(text);
}

/** Everything that decides which rows there are and in which order; the size of a page does not. */
function fingerprintOf(query: ProductsQueryDto): string {
  const { sort, range, from, to, currency, collection, compare, time_zone: zone } = query;
  const asked = [sort, range, from, to, currency, collection, compare, zone].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 12);
}
