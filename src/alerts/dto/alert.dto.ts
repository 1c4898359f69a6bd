import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../platform/http/index.js';
import { CONDITIONS, SEVERITIES, type ConditionKind, type Severity } from '../domain/alert-config.js';
import { LIMITS } from '../domain/limits.js';

export const ALERT_STATUSES = ['firing', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Most alerts that one request may acknowledge or resolve. */
const MAX_IDS = 500;

@ApiSchema({ description: 'Delivery of a notice about an alert.' })
export class AlertNotificationDto {
  @ApiProperty({
    enum: ['in_app', 'email', 'slack', 'sms'],
    enumName: 'Channel',
    description: 'How it was told.',
    example: 'email',
  })
  channel!: 'in_app' | 'email' | 'slack' | 'sms';

  @ApiProperty({ description: 'Masked address.', example: 'm***@shop.example' })
  target!: string;

  @ApiProperty({
    enum: ['firing', 'resolved', 'reminder'],
    enumName: 'NoticeKind',
    description: 'What was told.',
    example: 'firing',
  })
  kind!: 'firing' | 'resolved' | 'reminder';

  @ApiProperty({
    enum: ['pending', 'sent', 'failed', 'skipped'],
    enumName: 'DeliveryStatus',
    description: 'What became of it.',
    example: 'sent',
  })
  status!: 'pending' | 'sent' | 'failed' | 'skipped';

  @ApiProperty({ type: 'integer', description: 'Made so far.', example: 1 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', description: 'The tick that saw it.', example: '2026-11-22T10:02:00.000Z' })
  detected_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the provider took it.',
    example: '2026-11-22T10:02:01.200Z',
  })
  sent_at!: string | null;

  @ApiPropertyOptional({ description: 'What the last attempt ended with.', example: 'connection refused' })
  error?: string;

  @ApiPropertyOptional({ description: 'Why it was skipped.', example: 'silenced' })
  reason?: string;

  @ApiPropertyOptional({
    description: 'Channel that failed or is late; this delivery goes out beside it.',
    example: 'sms',
  })
  fallback_for?: string;

  @ApiPropertyOptional({ description: 'True: an earlier attempt may have arrived as well.', example: true })
  possible_duplicate?: boolean;
}

/** One episode of a rule. */
@ApiSchema({ description: 'Episode of an alert rule, from firing to resolution.' })
export class AlertDto {
  @ApiProperty({ format: 'uuid', description: 'Of this episode.', example: '0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21' })
  id!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'It may be deleted by now.',
    example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  })
  config_id!: string;

  @ApiProperty({ description: 'As it was when the alert began.', example: 'API answers with errors' })
  config_name!: string;

  @ApiProperty({ description: 'What the rule watches.', example: 'api.error_rate' })
  metric!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What it was narrowed to.',
    example: {},
  })
  filters!: Record<string, string>;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Value of the config’s group_by; `(none)`: of events without one. Null: the rule as a whole.',
    example: '/checkout',
  })
  group!: string | null;

  @ApiProperty({
    enum: CONDITIONS,
    enumName: 'AlertCondition',
    description: 'That was met.',
    example: 'threshold_above',
  })
  condition!: ConditionKind;

  @ApiProperty({
    enum: SEVERITIES,
    enumName: 'Severity',
    description: 'As it was when the alert began.',
    example: 'critical',
  })
  severity!: Severity;

  @ApiProperty({
    enum: ALERT_STATUSES,
    enumName: 'AlertStatus',
    description: '`acknowledged`: it fires, and somebody knows.',
    example: 'acknowledged',
  })
  status!: AlertStatus;

  @ApiProperty({ type: Number, nullable: true, description: 'The latest; null without data.', example: 0.08 })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'The worst one.', example: 0.21 })
  peak_value!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'The one it was resolved at.', example: null })
  resolved_value!: number | null;

  @ApiProperty({ description: 'As it was when the alert began.', example: 0.05 })
  threshold!: number;

  @ApiProperty({ format: 'date-time', description: 'The tick that fired it.', example: '2026-11-22T10:02:00.000Z' })
  triggered_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: not yet, or never.',
    example: '2026-11-22T10:03:10.000Z',
  })
  acknowledged_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`sub` of their token.', example: 'maya' })
  acknowledged_by!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: not yet.', example: null })
  resolved_at!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`auto`, `config_changed`, `config_deleted`, `gone` (the group has no value any more), or a user.',
    example: null,
  })
  resolved_by!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The latest.', example: 'Rolling back the release.' })
  note!: string | null;

  @ApiPropertyOptional({
    description: 'True while `value` lacks events that are still being rolled up. Absent otherwise.',
    example: true,
  })
  partial?: boolean;

  @ApiProperty({ type: [AlertNotificationDto], description: 'Whom it was told to, oldest first.' })
  notifications!: AlertNotificationDto[];
}

@ApiSchema({ description: 'Transition of an alert.' })
export class TimelineEntryDto {
  @ApiProperty({ format: 'date-time', description: 'When it became so.', example: '2026-11-22T10:02:00.000Z' })
  at!: string;

  @ApiProperty({
    description:
      '`pending`, `firing`, `recovering`, `acknowledged`, `resolved`, `notified` (late, after a cooldown or silence) or `reminded`.',
    example: 'firing',
  })
  state!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Of the metric; null without data.', example: 0.21 })
  value!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why, where it was not the value.', example: null })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who did it; null: the service.', example: null })
  by!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What they said of it.', example: null })
  note!: string | null;
}

@ApiSchema({ description: 'Alert with its timeline.' })
export class AlertDetailDto extends AlertDto {
  @ApiProperty({ type: [TimelineEntryDto], description: 'Oldest first.' })
  timeline!: TimelineEntryDto[];
}

@ApiSchema({ description: 'Page of alerts, newest first.' })
export class AlertPageDto {
  @ApiProperty({ type: [AlertDto], description: 'Newest first.' })
  items!: AlertDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}

export class AlertHistoryQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: ALERT_STATUSES,
    enumName: 'AlertStatus',
    description: 'Only alerts of this status.',
    example: 'resolved',
  })
  @IsOptional()
  @IsIn(ALERT_STATUSES)
  status?: AlertStatus;

  @ApiPropertyOptional({
    enum: SEVERITIES,
    enumName: 'Severity',
    description: 'Only alerts of this severity.',
    example: 'critical',
  })
  @IsOptional()
  @IsIn(SEVERITIES)
  severity?: Severity;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only alerts of this config, which may be deleted by now.',
    example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  })
  @IsOptional()
  @IsUUID('loose')
  config_id?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Triggered from this instant on. Default: from the first alert.',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Triggered before this instant. Default: no end.',
    example: '2026-11-22T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  to?: string;
}

export class ActiveAlertsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: ['firing', 'acknowledged'],
    enumName: 'ActiveState',
    default: 'firing',
    description: '`firing`: not acknowledged yet. `acknowledged`: acknowledged, and still firing.',
    example: 'firing',
  })
  @IsOptional()
  @IsIn(['firing', 'acknowledged'])
  state?: 'firing' | 'acknowledged';
}

@ApiSchema({ description: 'Note on an alert.' })
export class NoteDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LIMITS.textLength,
    description: 'What others should know.',
    example: 'Rolling back the release.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.textLength)
  note?: string | null;
}

@ApiSchema({ description: 'Alerts to change together.' })
export class BulkDto extends NoteDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    minItems: 1,
    maxItems: MAX_IDS,
    description: 'Of alerts.',
    example: ['0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @IsUUID('loose', { each: true })
  ids!: string[];
}

@ApiSchema({ description: 'Alert that was not changed, and why.' })
export class SkippedAlertDto {
  @ApiProperty({ format: 'uuid', description: 'As it was sent.', example: '0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21' })
  id!: string;

  @ApiProperty({
    enum: ['not_found', 'acknowledged', 'resolved'],
    enumName: 'SkipReason',
    description: 'It is so already, or there is none.',
    example: 'not_found',
  })
  reason!: string;
}

@ApiSchema({ description: 'Result of a change of several alerts.' })
export class BulkVerdictDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    description: 'Ids of what was changed.',
    example: ['7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44'],
  })
  updated!: string[];

  @ApiProperty({ type: [SkippedAlertDto], description: 'What there was nothing to do for.' })
  skipped!: SkippedAlertDto[];
}
