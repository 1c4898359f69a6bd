/// <reference lib="es2024.string" />
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { InvalidInputError } from '../errors/index.js';
import { QueryInteger } from './query-decorators.js';

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 200;
const CURSOR_MAX_LENGTH = 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,6})?Z$/;
/** The years 1 to 9999: what PostgreSQL, JavaScript and ISO 8601 without a sign have in common. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const END_MS = Date.UTC(10_000, 0);

/** The query parameters of every list. */
export class PageQueryDto {
  @QueryInteger({ min: 1, max: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT, description: 'Most items in the answer.' })
  limit: number = PAGE_LIMIT_DEFAULT;

  @ApiPropertyOptional({
    description: '`next_cursor` of the page before; opaque.',
    example: 'WyIyMDI2LTExLTIyVDEwOjAwOjAwLjAwMFoiXQ',
  })
  @IsOptional()
  @IsString()
  @MaxLength(CURSOR_MAX_LENGTH)
  cursor?: string;
}

/** One page of a list, newest first. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * @param found one more than fit the page, where there are more
 * @param placeOf where the page after this item starts
 */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  placeOf: (last: T) => readonly (string | number)[],
): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: last && found.length > limit ? encodeCursor(placeOf(last)) : null };
}

/** Packs the place where the next page starts into an opaque text. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Unpacks a cursor of ours; the first page is asked for without.
 * @param read turns the parts into the place, or answers `undefined` when they are none
 * @throws InvalidInputError naming `cursor`
 */
export function decodeCursor<P>(cursor: string, read: (parts: unknown[]) => P | undefined): P;
export function decodeCursor<P>(cursor: string | undefined, read: (parts: unknown[]) => P | undefined): P | undefined;
export function decodeCursor<P>(cursor: string | undefined, read: (parts: unknown[]) => P | undefined): P | undefined {
  if (cursor === undefined) return undefined;
  const parts = partsOf(cursor);
  const place = parts && read(parts);
  if (place === undefined) throw new InvalidInputError([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  return place;
}

/** Where a list that is ordered by an instant and an id goes on. */
export interface TimePlace {
  /** As it was encoded, to the microsecond where it has them. */
  readonly at: string;
  readonly id: string;
}

/** For `decodeCursor`: a place that is told by an instant and a UUID. */
export function readTimePlace([at, id]: unknown[]): TimePlace | undefined {
  const uuid = readUuidPlace([id]);
  return typeof at === 'string' && isInstant(at) && uuid !== undefined ? { at, id: uuid } : undefined;
}

/** For `decodeCursor`: an instant in milliseconds, within the years that a database can compare it with. */
export function isInstantMs(part: unknown): part is number {
  return Number.isSafeInteger(part) && (part as number) >= FIRST_MS && (part as number) < END_MS;
}

/** For `decodeCursor`: a place that is told by a UUID. */
export function readUuidPlace([id]: unknown[]): string | undefined {
  return typeof id === 'string' && UUID.test(id) ? id : undefined;
}

/** For `decodeCursor`: a place that is told by a number that PostgreSQL's bigint surely holds. */
export function readSerialPlace([id]: unknown[]): string | undefined {
  return typeof id === 'string' && /^\d{1,18}$/.test(id) ? id : undefined;
}

function partsOf(cursor: string): unknown[] | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every(isCursorPart) ? parts : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Cursors hold texts and numbers; a text with a NUL in it is none that the database gave. */
function isCursorPart(part: unknown): boolean {
  return typeof part === 'number' || (typeof part === 'string' && part.isWellFormed() && !part.includes('\0'));
}

/** A calendar's own: 30 February has the form of an instant, and comes back from a `Date` as another day. */
function isInstant(text: string): boolean {
  const seconds = INSTANT.exec(text)?.[1];
  if (seconds === undefined) return false;
  const ms = Date.parse(`${seconds}Z`);
  return ms >= FIRST_MS && ms < END_MS && new Date(ms).toISOString().startsWith(seconds);
}
