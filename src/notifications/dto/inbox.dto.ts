import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../platform/http/index.js';
import { SEVERITIES, type Severity } from '../domain/channel.js';

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

export class InboxQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'True: only what you have not read.' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (BOOLEANS[value] ?? value) : value))
  @IsBoolean({ message: 'must be true or false' })
  unread: boolean = false;
}

/** The `{id}` of a path. */
export class InboxMessageParamDto {
  @ApiProperty({ format: 'uuid', description: 'Of a message.', example: '0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID('loose')
  id!: string;
}

@ApiSchema({ description: 'Message of the in-app inbox.' })
export class InboxMessageDto {
  @ApiProperty({ format: 'uuid', description: 'Of this message.', example: '0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b' })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The alert it is about; null for a test and for one that speaks of several.',
    example: '5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e',
  })
  alert_id!: string | null;

  @ApiProperty({ enum: SEVERITIES, enumName: 'Severity', description: 'Of the alert.', example: 'critical' })
  severity!: Severity;

  @ApiProperty({ description: 'One line.', example: '[CRITICAL] Firing: API answers with errors' })
  title!: string;

  @ApiProperty({
    description:
      'Plain text: the value, peak and threshold in their unit, and the link of `ALERT_URL_TEMPLATE` where it is set.',
    example: 'api.error_rate is 25 % (threshold 5 %) over 5 min.',
  })
  body!: string;

  @ApiProperty({ format: 'date-time', description: 'When it came.', example: '2026-11-22T10:01:00.412Z' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When you read it; others have their own.',
    example: null,
  })
  read_at!: string | null;
}

@ApiSchema({ description: 'Page of inbox messages, newest first.' })
export class InboxPageDto {
  @ApiProperty({ type: [InboxMessageDto], description: 'Newest first.' })
  items!: InboxMessageDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}

@ApiSchema({ description: 'Number of unread inbox messages.' })
export class UnreadCountDto {
  @ApiProperty({ type: 'integer', description: 'Messages that you have not read.', example: 3 })
  count!: number;
}
