import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsUUID } from 'class-validator';
import type { FieldError } from '../../platform/errors/index.js';
import { decodeCursor, readTimePlace } from '../../platform/http/index.js';
import type { DeadLetterPlace, ListedDeadLetter } from '../dead-letters.service.js';

/** 500 dead letters of 8 KiB are what one request may bring in otherwise. */
export const MAX_REPLAYED = 500;

@ApiSchema({ description: 'Rejected events to submit again.' })
export class ReplayDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    minItems: 1,
    maxItems: MAX_REPLAYED,
    description: 'Dead letters to send again.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_REPLAYED)
  @IsUUID('all', { each: true })
  ids!: string[];
}

@ApiSchema({ description: 'Event that was rejected, with the reasons.' })
export class DeadLetterDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  received_at!: string;

  @ApiProperty({ type: 'integer', description: 'Its place in the batch it came with.' })
  index!: number;

  @ApiProperty({ type: String, nullable: true, description: 'As far as it was a text.' })
  event_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As far as it was a text.' })
  event_type!: string | null;

  @ApiProperty({
    description: 'What was wrong with it; paths are relative to the event.',
    type: 'array',
    items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
  })
  errors!: FieldError[];

  @ApiProperty({ description: 'The event as JSON, at most 8 KiB of it.' })
  body!: string;

  @ApiProperty({ description: 'True: `body` is not whole, so that it cannot be replayed.' })
  body_truncated!: boolean;

  @ApiProperty()
  correlation_id!: string;

  @ApiProperty({ description: '`sub` of the token it came with.' })
  submitted_by!: string;
}

@ApiSchema({ description: 'Page of rejected events, newest first.' })
export class DeadLetterPageDto {
  @ApiProperty({ type: [DeadLetterDto] })
  items!: DeadLetterDto[];

  @ApiProperty({ type: String, nullable: true })
  next_cursor!: string | null;
}

export const DEAD_LETTER_PAGE_EXAMPLE: DeadLetterPageDto = {
  items: [
    {
      id: '5f0c2a9e-3b57-4d6c-8a5e-2f1f0b7c9d11',
      received_at: '2026-11-22T10:00:00.000Z',
      index: 3,
      event_id: null,
      event_type: 'api_request',
      errors: [{ path: 'duration_ms', message: 'must be at least 0' }],
      body: '{"event_type":"api_request","method":"GET","route":"/","status_code":200,"duration_ms":-1}',
      body_truncated: false,
      correlation_id: 'checkout-7f3a',
      submitted_by: 'storefront',
    },
  ],
  next_cursor: null,
};

export function toDto(letter: ListedDeadLetter): DeadLetterDto {
  return {
    id: letter.id,
    received_at: letter.receivedAt.toISOString(),
    index: letter.index,
    event_id: letter.eventId,
    event_type: letter.eventType,
    errors: [...letter.errors],
    body: letter.body,
    body_truncated: letter.bodyTruncated,
    correlation_id: letter.correlationId,
    submitted_by: letter.submittedBy,
  };
}

/** @throws InvalidInputError */
export function readLetterCursor(cursor: string | undefined): DeadLetterPlace | undefined {
  const place = decodeCursor(cursor, readTimePlace);
  return place && { receivedAt: place.at, id: place.id };
}
