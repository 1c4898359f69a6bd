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

/** Packs the place where the next page starts into an opaque text. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Unpacks a cursor of ours.
 * @param read turns the parts into the place, or answers `undefined` when they are none
 * @throws InvalidInputError naming `cursor`
 */
export function decodeCursor<P>(cursor: string, read: (parts: unknown[]) => P | undefined): P {
  const parts = partsOf(cursor);
  const place = parts && read(parts);
  if (place === undefined) throw new InvalidInputError([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  return place;
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
