import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { AlertDto } from '../../alerts/index.js';
import { OverviewDto } from '../../business/index.js';
import { HealthOverviewDto } from '../../health-analytics/index.js';
import { MlOverviewDto } from '../../ml-analytics/index.js';

@ApiSchema({ description: 'Number of firing alerts by severity.' })
export class AlertCountsDto {
  @ApiProperty({ type: 'integer', description: 'Unacknowledged alerts of this severity.', example: 0 })
  info!: number;

  @ApiProperty({ type: 'integer', description: 'Unacknowledged alerts of this severity.', example: 1 })
  warning!: number;

  @ApiProperty({ type: 'integer', description: 'Unacknowledged alerts of this severity.', example: 2 })
  critical!: number;
}

@ApiSchema({ description: 'Alerts that fire: counts and the newest ten.' })
export class ActiveAlertsDto {
  @ApiProperty({ type: 'integer', description: 'Alerts that fire and that nobody acknowledged.', example: 3 })
  total!: number;

  @ApiProperty({ type: AlertCountsDto, description: 'The same by severity.' })
  by_severity!: AlertCountsDto;

  @ApiProperty({ type: [AlertDto], description: 'The 10 newest of them.' })
  items!: AlertDto[];
}

@ApiSchema({ description: 'State of a section of the dashboard.' })
export class SectionStateDto {
  @ApiProperty({
    enum: ['ok', 'error'],
    enumName: 'SectionStatus',
    description: '`error`: the section is missing.',
    example: 'ok',
  })
  status!: 'ok' | 'error';

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When its figures were computed; `null` where there are none.',
    example: '2026-11-22T10:00:00.000Z',
  })
  generated_at!: string | null;

  @ApiProperty({ description: 'Whether they were computed for an earlier request.', example: true })
  cached!: boolean;

  @ApiPropertyOptional({ description: 'Why it is missing.', example: 'It took longer than 4 s.' })
  error?: string;
}

@ApiSchema({ description: 'State of each section of the dashboard.' })
export class SectionStatesDto {
  @ApiPropertyOptional({ type: SectionStateDto, description: 'Of `system_health`.' })
  health?: SectionStateDto;

  @ApiPropertyOptional({ type: SectionStateDto, description: 'Of `ml_pipelines`.' })
  ml?: SectionStateDto;

  @ApiPropertyOptional({ type: SectionStateDto, description: 'Of `business`.' })
  business?: SectionStateDto;

  @ApiPropertyOptional({ type: SectionStateDto, description: 'Of `active_alerts`.' })
  alerts?: SectionStateDto;
}

@ApiSchema({ description: 'State of each section of the dashboard.' })
export class DashboardMetaDto {
  @ApiProperty({ type: SectionStatesDto, description: 'How each section that was asked for came out.' })
  sections!: SectionStatesDto;
}

@ApiSchema({ description: 'Start page of the admin: a section for each feature.' })
export class DashboardDto {
  @ApiPropertyOptional({ type: HealthOverviewDto, description: 'The answer of `GET /health/overview`.' })
  system_health?: HealthOverviewDto;

  @ApiPropertyOptional({ type: MlOverviewDto, description: 'The answer of `GET /ml/overview`.' })
  ml_pipelines?: MlOverviewDto;

  @ApiPropertyOptional({ type: OverviewDto, description: 'The answer of `GET /business/overview`.' })
  business?: OverviewDto;

  @ApiPropertyOptional({ type: ActiveAlertsDto, description: 'What fires now.' })
  active_alerts?: ActiveAlertsDto;

  @ApiProperty({ type: DashboardMetaDto, description: 'Of the sections.' })
  meta!: DashboardMetaDto;
}
