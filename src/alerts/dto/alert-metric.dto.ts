import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ description: 'Metric that alert rules can watch.' })
export class AlertMetricDto {
  @ApiProperty({ description: 'What a config names as its `metric`.', example: 'api.error_rate' })
  name!: string;

  @ApiProperty({
    description: 'Unit of its values, and of thresholds. A ratio is a fraction from 0 to 1.',
    example: 'ratio',
  })
  unit!: string;

  @ApiProperty({ example: 'Requests answered 5xx / requests. 4xx are apart.' })
  description!: string;

  @ApiProperty({
    type: [String],
    description: 'What it can be filtered by, and with few exceptions grouped.',
    example: ['method', 'route', 'status_class', 'service'],
  })
  dimensions!: string[];

  @ApiProperty({
    enum: ['events', 'samples'],
    enumName: 'MetricSource',
    description: '`samples`: measured at every tick, with no events behind it.',
    example: 'events',
  })
  source!: 'events' | 'samples';
}

export const ALERT_METRICS_EXAMPLE: readonly AlertMetricDto[] = [
  {
    name: 'api.error_rate',
    unit: 'ratio',
    description: 'Requests answered 5xx / requests. 4xx are apart.',
    dimensions: ['method', 'route', 'status_class', 'service'],
    source: 'events',
  },
  {
    name: 'queue.waiting',
    unit: 'jobs',
    description: 'Jobs that wait, averaged over the samples; of all queues together or the one asked for.',
    dimensions: ['queue'],
    source: 'samples',
  },
];
