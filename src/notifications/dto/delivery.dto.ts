import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../platform/http/index.js';
import { CHANNELS, SEVERITIES, type Channel, type Severity } from '../domain/channel.js';

export const DELIVERY_STATUSES = ['pending', 'sent', 'failed', 'skipped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export class DeliveryQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: DELIVERY_STATUSES,
    enumName: 'DeliveryStatus',
    description: 'Only these.',
    example: 'failed',
  })
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  @ApiPropertyOptional({ enum: CHANNELS, enumName: 'Channel', description: 'Only over this channel.', example: 'sms' })
  @IsOptional()
  @IsIn(CHANNELS)
  channel?: Channel;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only about this alert.' })
  @IsOptional()
  @IsUUID('loose')
  alert_id?: string;
}

@ApiSchema({ description: 'Delivery of a notice over one channel to one address.' })
export class DeliveryDto {
  @ApiProperty({ format: 'uuid', description: 'Of this delivery.', example: '0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b' })
  id!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: about no alert.' })
  alert_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Name of the rule.', example: 'API answers with errors' })
  config_name!: string | null;

  @ApiProperty({ enum: SEVERITIES, enumName: 'Severity', description: 'Of the alert.', example: 'critical' })
  severity!: Severity;

  @ApiProperty({ enum: CHANNELS, enumName: 'Channel', description: 'Over which it goes.', example: 'sms' })
  channel!: Channel;

  @ApiProperty({ description: 'Where to, masked; empty where nobody has an address.', example: '+14*******00' })
  target!: string;

  @ApiProperty({
    enum: ['firing', 'resolved', 'reminder', 'late'],
    enumName: 'DeliveryKind',
    description: '`late`: tells that other notices did not leave in time.',
    example: 'firing',
  })
  kind!: 'firing' | 'resolved' | 'reminder' | 'late';

  @ApiProperty({
    enum: DELIVERY_STATUSES,
    enumName: 'DeliveryStatus',
    description: 'What became of it.',
    example: 'sent',
  })
  status!: DeliveryStatus;

  @ApiProperty({ type: 'integer', description: 'How often the provider was called.', example: 1 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', description: 'When the engine saw it.', example: '2026-11-22T10:01:00.000Z' })
  detected_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the provider accepted it.',
    example: '2026-11-22T10:01:00.412Z',
  })
  sent_at!: string | null;

  @ApiPropertyOptional({
    description:
      'Outcome of the last attempt, with the words of the provider; of a sent one: a warning about its answer.',
    example: 'Twilio answered 503 (20503): Service Unavailable',
  })
  error?: string;

  @ApiPropertyOptional({ description: 'Why it was skipped.', example: 'preferences' })
  reason?: string;

  @ApiPropertyOptional({
    enum: CHANNELS,
    enumName: 'Channel',
    description: 'Channel that failed or is late; this delivery goes out beside it.',
  })
  fallback_for?: Channel;

  @ApiPropertyOptional({ description: 'True: an earlier attempt may have arrived as well.', example: true })
  possible_duplicate?: boolean;
}

@ApiSchema({ description: 'Page of deliveries, newest first.' })
export class DeliveryPageDto {
  @ApiProperty({ type: [DeliveryDto], description: 'Newest first.' })
  items!: DeliveryDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}
