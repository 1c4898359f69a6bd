import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  ALERT_CHANNELS,
  CONDITIONS,
  ERROR_POLICIES,
  NO_DATA_POLICIES,
  SEVERITIES,
  type AlertChannel,
  type ConditionKind,
  type ErrorPolicy,
  type NoDataPolicy,
  type Severity,
} from '../domain/alert-config.js';
import { LIMITS } from '../domain/limits.js';
import { OptionalNumber, OptionalSeconds, RequiredNumber } from './number-decorators.js';

@ApiSchema({ description: 'Users and teams that a rule notifies.' })
export class RecipientsDto {
  @ApiPropertyOptional({ type: [String], description: 'User ids (`sub` of their tokens).', example: ['maya'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.recipients)
  @IsString({ each: true })
  @Length(1, LIMITS.nameLength, { each: true })
  users?: string[] | null;

  @ApiPropertyOptional({ type: [String], description: 'Teams.', example: ['platform'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.recipients)
  @IsString({ each: true })
  @Length(1, LIMITS.nameLength, { each: true })
  teams?: string[] | null;
}

/** A rule as a user writes it. An optional field that is left out or null takes its default. */
@ApiSchema({ description: 'Alert rule without what the service adds to it.' })
export class AlertRuleDto {
  @ApiProperty({ description: 'Unique.', maxLength: LIMITS.nameLength, example: 'API answers with errors' })
  @IsString()
  @Length(1, LIMITS.nameLength)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: LIMITS.textLength, example: '5xx above 5 %.' })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.textLength)
  description?: string | null;

  @ApiProperty({ description: 'A name of `/alerts/metrics`.', example: 'api.error_rate' })
  @IsString()
  @Length(1, LIMITS.nameLength)
  metric!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Dimension of the metric → the value to look at, folded as in events (`post` is POST, `Black Rose` black-rose). ' +
      'Money metrics: `currency`, default BASE_CURRENCY.',
    example: { method: 'POST' },
  })
  @IsOptional()
  @IsObject()
  filters?: Record<string, string> | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      'Dimension of the metric: one alert instance for each of its values, at most 1,000; events without one are `(none)`. ' +
      'A value seen in the last 24 hours is evaluated although it sends nothing: counts and sums are 0 then.',
    example: 'route',
  })
  @IsOptional()
  @IsString()
  @Length(1, LIMITS.nameLength)
  group_by?: string | null;

  @ApiProperty({
    enum: CONDITIONS,
    enumName: 'AlertCondition',
    description: '`threshold_above` is >, `threshold_below` is <.',
  })
  @IsIn(CONDITIONS)
  condition!: ConditionKind;

  @RequiredNumber({
    min: -LIMITS.threshold,
    max: LIMITS.threshold,
    example: 0.05,
    description:
      'In the metric’s unit (a ratio is a fraction from 0 to 1). For `rate_of_change` the fraction by which the window ' +
      'differs from the one before, its sign being the direction (there is none from 0); for `anomaly` a robust z-score ' +
      'above 0, against the same local hour (STORE_TIME_ZONE) of the week in the last 8 weeks.',
  })
  threshold!: number;

  @ApiProperty({ enum: SEVERITIES, enumName: 'Severity', example: 'critical' })
  @IsIn(SEVERITIES)
  severity!: Severity;

  @OptionalNumber({
    min: -LIMITS.threshold,
    max: LIMITS.threshold,
    nullable: true,
    example: 0.03,
    description: 'Recovered at or beyond it; default the threshold. Never on the firing side of the threshold.',
  })
  recovery_threshold?: number | null;

  @OptionalSeconds({
    ...LIMITS.windowSeconds,
    default: 300,
    description: 'The value is that of this long before the tick. `anomaly`: a multiple of 3600.',
  })
  window_seconds?: number | null;

  @OptionalSeconds({ ...LIMITS.forSeconds, default: 0, description: 'How long the condition must hold to fire.' })
  for_seconds?: number | null;

  @OptionalSeconds({
    ...LIMITS.cooldownSeconds,
    default: 300,
    description: 'After a firing notice, further ones of the same instance are muted for this long.',
  })
  cooldown_seconds?: number | null;

  @OptionalSeconds({
    ...LIMITS.renotifySeconds,
    nullable: true,
    description: 'Repeats the notice while it fires unacknowledged; default never.',
    example: 3_600,
  })
  renotify_seconds?: number | null;

  @OptionalSeconds({
    ...LIMITS.evaluationDelaySeconds,
    default: 0,
    description: 'The window ends this long before the tick, for data that comes late.',
  })
  evaluation_delay_seconds?: number | null;

  @OptionalSeconds({
    ...LIMITS.minSamples,
    description:
      'Fewer events than this behind the value are no data. Default 1; 0 for counts and sums. `rate_of_change`: of the window before.',
    example: 20,
  })
  min_samples?: number | null;

  @ApiPropertyOptional({
    enum: NO_DATA_POLICIES,
    enumName: 'NoDataPolicy',
    default: 'ok',
    description:
      'Without data: normal, unchanged, or fire. Of a value of `group_by` that sends nothing any more it decides for 24 ' +
      'hours; then, and with `ok` at once, its alert resolves as `gone`.',
  })
  @IsOptional()
  @IsIn(NO_DATA_POLICIES)
  no_data?: NoDataPolicy | null;

  @ApiPropertyOptional({
    enum: ERROR_POLICIES,
    enumName: 'ErrorPolicy',
    default: 'keep',
    description: 'While the metric cannot be read.',
  })
  @IsOptional()
  @IsIn(ERROR_POLICIES)
  on_error?: ErrorPolicy | null;

  @ApiPropertyOptional({
    type: [String],
    enum: ALERT_CHANNELS,
    enumName: 'Channel',
    nullable: true,
    description: 'Only these channels; default those of the severity.',
    example: ['in_app', 'slack'],
  })
  @IsOptional()
  @IsArray()
  @ArrayUnique({ message: 'must not name a channel twice' })
  @IsIn(ALERT_CHANNELS, { each: true })
  channels?: AlertChannel[] | null;

  @ApiPropertyOptional({ type: RecipientsDto, nullable: true, description: 'Only these; default everybody.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RecipientsDto)
  recipients?: RecipientsDto | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'An https address.',
    example: 'https://runbooks.example/api-errors',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.urlLength)
  runbook_url?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Free names and values; silences match them.',
    example: { team: 'platform' },
  })
  @IsOptional()
  @IsObject()
  labels?: Record<string, string> | null;

  @ApiPropertyOptional({ type: Boolean, default: true, description: 'False: not evaluated.' })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean | null;
}

/** A rule as it is sent. What the service adds may be sent back as it was read, and is ignored. */
@ApiSchema({ description: 'Alert rule as it is sent.' })
export class SentRuleDto extends AlertRuleDto {
  @Allow()
  id?: unknown;

  @Allow()
  version?: unknown;

  @Allow()
  created_at?: unknown;

  @Allow()
  updated_at?: unknown;

  @Allow()
  created_by?: unknown;

  @Allow()
  warnings?: unknown;
}
