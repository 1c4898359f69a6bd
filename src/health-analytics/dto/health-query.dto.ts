import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { foldField } from '../../events/index.js';
import { RANGE_NAMES, RangeQueryDto, SeriesQueryDto } from '../../metrics/index.js';
import { ENDPOINT_SORTS, type EndpointSort } from '../endpoint-figures.js';

const MAX_ROUTE_LENGTH = 500;
const MAX_SERVICE_LENGTH = 200;

function foldedMethod(sent: string): string {
  const folded = foldField('method', sent);
  return 'value' in folded ? folded.value : sent;
}

export const HEALTH_METRICS = ['request_count', 'error_rate', 'latency_p50', 'latency_p95', 'latency_p99'] as const;
export type HealthMetric = (typeof HEALTH_METRICS)[number];

/** `GET /health/overview`: without range and from, the live window. */
export class HealthOverviewQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({
    enum: RANGE_NAMES,
    enumName: 'RangeName',
    description:
      'So much time that ends now, or a calendar range in STORE_TIME_ZONE; from stored events. Without range and from: the live window of 5 minutes.',
  })
  declare range?: string;
}

export class EndpointsQueryDto extends HealthOverviewQueryDto {
  @ApiPropertyOptional({ description: 'Only requests to this service.', example: 'shop-api' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_SERVICE_LENGTH)
  service?: string;

  @ApiPropertyOptional({ description: 'Only this route template.', example: '/products/:id' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_ROUTE_LENGTH)
  route?: string;

  @ApiPropertyOptional({
    description: 'Only this HTTP method; put in capitals, as those of events are.',
    example: 'GET',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => (typeof value === 'string' ? foldedMethod(value) : value))
  @Matches(/^[A-Z]{1,20}$/, { message: 'must be an HTTP method, e.g. GET' })
  method?: string;

  @ApiPropertyOptional({
    enum: ENDPOINT_SORTS,
    enumName: 'EndpointSort',
    default: 'count',
    description: 'Highest first; unknown last.',
  })
  @IsOptional()
  @IsIn(ENDPOINT_SORTS)
  sort?: EndpointSort;
}

export class TimeseriesQueryDto extends SeriesQueryDto {
  @ApiPropertyOptional({
    enum: HEALTH_METRICS,
    enumName: 'HealthMetric',
    isArray: true,
    description: 'Which series; may be given several times. Default: all.',
    example: ['request_count', 'latency_p95'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => (Array.isArray(value) ? value : [value]))
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(HEALTH_METRICS, { each: true })
  metric?: HealthMetric[];

  @ApiPropertyOptional({ description: 'Only this route template.', example: '/products/:id' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_ROUTE_LENGTH)
  route?: string;
}
