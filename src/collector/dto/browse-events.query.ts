import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { EVENT_TYPE_NAMES, parseInstant, type EventType } from '../../events/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import { decodeCursor, PageQueryDto, readTimePlace } from '../../platform/http/index.js';
import type { EventPlace, EventSearch, StoredEvent } from '../event-browser.service.js';

export class BrowseEventsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: EVENT_TYPE_NAMES, enumName: 'EventType', description: 'Only events of this type.' })
  @IsOptional()
  @IsIn(EVENT_TYPE_NAMES)
  event_type?: EventType;

  @ApiPropertyOptional({ description: 'Only ML jobs of this provider.', example: 'replicate' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  provider?: string;

  @ApiPropertyOptional({ description: 'Only events with this correlation id.', example: 'checkout-4711' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  correlation_id?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From this instant on. Default: as far back as events are kept.',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this instant. Default: no end.' })
  @IsOptional()
  @IsString()
  to?: string;
}

/** @throws InvalidInputError for instants and cursors that are none */
export function toSearch(query: BrowseEventsQueryDto, limit: number): EventSearch {
  const { from, to } = query;
  const search = {
    eventType: query.event_type,
    provider: query.provider,
    correlationId: query.correlation_id,
    fromMicros: from === undefined ? undefined : readInstant('from', from),
    toMicros: to === undefined ? undefined : readInstant('to', to),
    limit,
    after: readPlace(query.cursor),
  };
  if (search.fromMicros !== undefined && search.toMicros !== undefined && search.fromMicros >= search.toMicros) {
    throw new InvalidInputError([{ path: 'from', message: 'must be before to' }]);
  }
  return search;
}

export function placeOf({ occurred_at: occurredAt, event_id: eventId }: StoredEvent): string[] {
  return [occurredAt, eventId];
}

function readPlace(cursor: string | undefined): EventPlace | undefined {
  const place = decodeCursor(cursor, readTimePlace);
  return place && { occurredAt: place.at, eventId: place.id };
}

function readInstant(path: string, text: string): number {
  const micros = parseInstant(text);
  if (!Number.isNaN(micros)) return micros;
  throw new InvalidInputError([
    { path, message: 'must be an instant of ISO 8601 with offset (in a URL, write + as %2B)' },
  ]);
}
