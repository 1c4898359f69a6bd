import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import type { ComponentReport, HealthStatus } from '../domain/health-rules.js';
import { MaybeNumber } from './maybe-number.decorator.js';

@ApiSchema({ description: 'Latency percentiles in milliseconds.' })
export class PercentilesDto {
  @MaybeNumber('Median.', 41.2)
  p50!: number | null;

  @MaybeNumber('95th percentile.', 212.5)
  p95!: number | null;

  @MaybeNumber('99th percentile.', 640)
  p99!: number | null;
}

@ApiSchema({ description: 'State of a component of the platform.' })
export class ComponentDto implements ComponentReport {
  @ApiProperty({
    enum: ['healthy', 'degraded', 'down', 'off'],
    enumName: 'ComponentStatus',
    description: '`off`: not configured.',
  })
  status!: ComponentReport['status'];

  @ApiProperty({
    description: 'What is seen, and against which limit.',
    example: 'It answered in 2 ms (limit 200 ms); 10 % of the read pool is in use (limit 90 %), 0 waiting.',
  })
  detail!: string;
}

@ApiSchema({ description: 'States of the components of the platform.' })
export class ComponentsDto {
  @ApiProperty({
    type: ComponentDto,
    description: 'The requests of the live window; degraded as well while lines of the log cannot be written.',
  })
  api!: ComponentDto;

  @ApiProperty({ type: ComponentDto })
  database!: ComponentDto;

  @ApiProperty({ type: ComponentDto })
  queue!: ComponentDto;

  @ApiProperty({ type: ComponentDto })
  cache!: ComponentDto;

  @ApiProperty({ type: ComponentDto, description: 'Where metrics are read: each target, and the age of its answer.' })
  prometheus!: ComponentDto;

  @ApiProperty({ type: ComponentDto })
  notifications!: ComponentDto;

  @ApiProperty({
    type: ComponentDto,
    description:
      'Evaluations of alert rules that were late, skipped or failed in the last 10 minutes, over all processes; ticks in ' +
      'the future that were taken back, and processes whose clocks are wrong. `down`: none took effect for 10 minutes.',
  })
  alerts!: ComponentDto;
}

@ApiSchema({ description: 'State of the platform at a glance.' })
export class HealthOverviewDto {
  @ApiProperty({
    enum: ['healthy', 'degraded', 'down'],
    enumName: 'HealthStatus',
    description: 'down: API or database are down; degraded: some component is degraded or down. Always of this moment.',
  })
  status!: HealthStatus;

  @ApiProperty({ description: 'How long the process that answers has been running.', example: 86400.25 })
  uptime_seconds!: number;

  @MaybeNumber(
    'The share of the observed time in which requests were answered other than 5xx. Live: the share of scrapes that the ' +
      'targets answered × (1 − error_rate). Of a range: the time-weighted mean of 1 − error_rate over its minutes (up to 6 h), ' +
      'hours or days with requests.',
    0.9991,
  )
  availability!: number | null;

  @ApiProperty({
    description: 'The share of the time that has passed which was observed: by scrapes, or by requests in it. 0..1.',
    example: 0.96,
  })
  availability_coverage!: number;

  @MaybeNumber('Requests / observed seconds; of a range: / seconds of it that have passed.', 12.4)
  requests_per_second!: number | null;

  @MaybeNumber('Requests answered 5xx / requests.', 0.0004)
  error_rate!: number | null;

  @MaybeNumber('Requests answered 4xx other than 429 (throttled, see `GET /health/api`) / requests.', 0.021)
  client_error_rate!: number | null;

  @ApiProperty({ type: PercentilesDto, description: 'Durations of requests of whatever status.' })
  latency_ms!: PercentilesDto;

  @ApiProperty({ type: ComponentsDto, description: 'Always of this moment.' })
  components!: ComponentsDto;

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
