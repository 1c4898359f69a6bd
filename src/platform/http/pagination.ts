import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { InvalidInputError } from '../errors/index.js';
import { QueryInteger } from './query-decorators.js';

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 200;
const CURSOR_MAX_LENGTH = 1024;

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

/** For `decodeCursor`: a place that is told by a number that PostgreSQL's bigint surely holds. */
export function readSerialPlace([id]: unknown[]): string | undefined {
  return typeof id === 'string' && /^\d{1,18}$/.test(id) ? id : undefined;
}

function partsOf(cursor: string): unknown[] | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
