import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { HEALTH_METRICS, type HealthMetric } from './health-query.dto.js';
import { MaybeNumber } from './maybe-number.decorator.js';

export const UNITS = ['count', 'ratio', 'ms'] as const;

@ApiSchema({ description: 'Point of a health series.' })
export class HealthPointDto {
  @ApiProperty({ format: 'date-time', description: 'Start of the step.' })
  t!: string;

  @MaybeNumber('request_count of nothing is 0, everything else of nothing null.', 318)
  value!: number | null;

  @ApiPropertyOptional({ description: 'The step is cut by the range, or has not ended yet.' })
  partial?: true;
}

@ApiSchema({ description: 'Series of one health metric.' })
export class HealthSeriesDto {
  @ApiProperty({ enum: HEALTH_METRICS, enumName: 'HealthMetric' })
  metric!: HealthMetric;

  @ApiProperty({ enum: UNITS, enumName: 'SeriesUnit' })
  unit!: (typeof UNITS)[number];

  @ApiProperty({ type: [HealthPointDto], description: 'One for every step, oldest first.' })
  points!: HealthPointDto[];
}

@ApiSchema({ description: 'Series of health metrics.' })
export class TimeseriesDto {
  @ApiProperty({ type: [HealthSeriesDto] })
  series!: HealthSeriesDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
