import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsObject, IsOptional, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import { PageQueryDto } from '../../platform/http/index.js';
import { SEVERITIES, type Severity } from '../domain/alert-config.js';
import { LIMITS } from '../domain/limits.js';
import type { SilenceState } from '../domain/silence.js';

export const SILENCE_STATES = ['pending', 'active', 'expired'] as const satisfies readonly SilenceState[];

@ApiSchema({ description: 'Alerts that a silence applies to; all matchers must hold.' })
export class SilenceMatchersDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'Alerts of this config.',
    example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  })
  @IsOptional()
  @IsUUID('loose')
  config_id?: string | null;

  @ApiPropertyOptional({
    enum: SEVERITIES,
    enumName: 'Severity',
    nullable: true,
    description: 'Alerts of this severity.',
    example: 'warning',
  })
  @IsOptional()
  @IsIn(SEVERITIES)
  severity?: Severity | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Alerts on this metric.',
    example: 'api.error_rate',
  })
  @IsOptional()
  @IsString()
  @Length(1, LIMITS.nameLength)
  metric?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Alerts of this group; `(none)` is that of events without the dimension.',
    example: '/checkout',
  })
  @IsOptional()
  @IsString()
  @Length(1, LIMITS.valueLength)
  group?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'Alerts of configs that have all of these labels.',
    example: { team: 'platform' },
  })
  @IsOptional()
  @IsObject()
  labels?: Record<string, string> | null;
}

@ApiSchema({ description: 'Silence to create.' })
export class NewSilenceDto {
  @ApiProperty({ type: SilenceMatchersDto, description: 'At least one; all must hold.' })
  @IsDefined({ message: 'is required' })
  @IsObject()
  @ValidateNested()
  @Type(() => SilenceMatchersDto)
  matchers!: SilenceMatchersDto;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Default now.',
    example: '2099-11-22T22:00:00Z',
  })
  @IsOptional()
  @IsString()
  starts_at?: string | null;

  @ApiProperty({
    format: 'date-time',
    description: `In the future, after starts_at, and within ${LIMITS.silenceDays} days of it.`,
    example: '2099-11-23T00:00:00Z',
  })
  @IsString()
  ends_at!: string;

  @ApiProperty({ maxLength: LIMITS.textLength, description: 'Why.', example: 'Planned maintenance of the database.' })
  @IsString()
  @Length(1, LIMITS.textLength)
  reason!: string;
}

@ApiSchema({ description: 'Time in which matching alerts are recorded without notices.' })
export class SilenceDto {
  @ApiProperty({ format: 'uuid', description: 'Of this silence.', example: '3f9a1c7e-2b4d-4e8f-a6c5-9d0b1e2f3a4b' })
  id!: string;

  @ApiProperty({ type: SilenceMatchersDto, description: 'All hold.' })
  matchers!: SilenceMatchersDto;

  @ApiProperty({ format: 'date-time', description: 'From here on.', example: '2099-11-22T22:00:00.000Z' })
  starts_at!: string;

  @ApiProperty({ format: 'date-time', description: 'No more from here on.', example: '2099-11-23T00:00:00.000Z' })
  ends_at!: string;

  @ApiProperty({ description: 'Why.', example: 'Planned maintenance of the database.' })
  reason!: string;

  @ApiProperty({
    enum: SILENCE_STATES,
    enumName: 'SilenceState',
    description: 'Current state of the silence.',
    example: 'pending',
  })
  state!: SilenceState;

  @ApiProperty({ format: 'date-time', description: 'When it was made.', example: '2026-11-22T10:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ description: '`sub` of the token that made it.', example: 'maya' })
  created_by!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was ended before `ends_at`; null: it was not.',
    example: null,
  })
  ended_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`sub` of the token that ended it.', example: null })
  ended_by!: string | null;
}

@ApiSchema({ description: 'Page of silences, newest first.' })
export class SilencePageDto {
  @ApiProperty({ type: [SilenceDto], description: 'Newest first.' })
  items!: SilenceDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}

export class SilenceQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: SILENCE_STATES,
    enumName: 'SilenceState',
    description: 'Only these; default all.',
    example: 'active',
  })
  @IsOptional()
  @IsIn(SILENCE_STATES)
  state?: SilenceState;
}
