import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';

@ApiSchema({ description: 'Mean and 95th percentile of a duration in seconds.' })
export class DurationFiguresDto {
  @ApiProperty({ type: Number, nullable: true, description: 'Null: none yet.', example: 185.5 })
  mean!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Nearest rank.', example: 610 })
  p95!: number | null;
}

export class AlertFiguresDto {
  @ApiProperty({ type: 'integer', description: 'Alerts triggered in the range.', example: 12 })
  alerts!: number;

  @ApiProperty({ type: 'integer', description: 'Of these, acknowledged at some time.', example: 7 })
  acknowledged!: number;

  @ApiProperty({ type: 'integer', description: 'Of these, resolved by now.', example: 11 })
  resolved!: number;

  @ApiProperty({ type: DurationFiguresDto, description: 'acknowledged_at − triggered_at.' })
  time_to_acknowledge_seconds!: DurationFiguresDto;

  @ApiProperty({ type: DurationFiguresDto, description: 'resolved_at − triggered_at.' })
  time_to_resolve_seconds!: DurationFiguresDto;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Alerts within an hour of the end of the one before of the same config and group / alerts.',
    example: 0.25,
  })
  flapping!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Resolved alerts that went by themselves without anybody having acknowledged them / resolved alerts.',
    example: 0.36,
  })
  noise!: number | null;
}

@ApiSchema({ description: 'Statistics of the alerts of one rule.' })
export class ConfigFiguresDto extends AlertFiguresDto {
  @ApiProperty({
    format: 'uuid',
    description: 'It may be deleted by now.',
    example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  })
  config_id!: string;

  @ApiProperty({ description: 'As the latest alert has it.', example: 'API answers with errors' })
  config_name!: string;
}

@ApiSchema({ description: 'Statistics of alerts and of the rules behind them.' })
export class AlertStatsDto extends AlertFiguresDto {
  @ApiProperty({ type: [ConfigFiguresDto], description: 'Most alerts first.' })
  per_config!: ConfigFiguresDto[];

  @ApiProperty({ type: MetaDto, description: 'The range, and when it was read.' })
  meta!: MetaDto;
}

const FIGURES: AlertFiguresDto = {
  alerts: 12,
  acknowledged: 7,
  resolved: 11,
  time_to_acknowledge_seconds: { mean: 185.5, p95: 610 },
  time_to_resolve_seconds: { mean: 1_420, p95: 5_400 },
  flapping: 0.25,
  noise: 0.36,
};

export const ALERT_STATS_EXAMPLE: AlertStatsDto = {
  ...FIGURES,
  per_config: [
    { ...FIGURES, config_id: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44', config_name: 'API answers with errors' },
  ],
  meta: {
    from: '2026-11-21T10:00:00.000Z',
    to: '2026-11-22T10:00:00.000Z',
    range: '24h',
    source: 'raw',
    generated_at: '2026-11-22T10:00:00.000Z',
    stale: false,
  },
};
