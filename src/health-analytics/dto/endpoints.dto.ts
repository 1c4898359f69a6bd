import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { MaybeNumber } from './maybe-number.decorator.js';
import { PercentilesDto } from './overview.dto.js';

@ApiSchema({ description: 'Latency of a route in milliseconds.' })
export class EndpointLatencyDto extends PercentilesDto {
  @MaybeNumber('Mean.', 63.1)
  avg!: number | null;

  @MaybeNumber('Longest; null when it comes from Prometheus, which does not keep it.', 1804)
  max!: number | null;
}

@ApiSchema({ description: 'Figures of one route of a service.' })
export class EndpointDto {
  @ApiPropertyOptional({
    description:
      'Service that answered, as its events name it or as the label `service` of its histogram says; absent where they name none.',
    example: 'shop-api',
  })
  service?: string;

  @ApiProperty({ example: 'GET' })
  method!: string;

  @ApiProperty({ example: '/products/:id' })
  route!: string;

  @ApiProperty({ type: 'integer', description: 'Requests; from Prometheus rounded.', example: 1840 })
  count!: number;

  @MaybeNumber('count / observed seconds.', 6.13)
  requests_per_second!: number | null;

  @MaybeNumber('Requests answered 5xx / count.', 0.001)
  error_rate!: number | null;

  @MaybeNumber('Requests answered 4xx other than 429 / count.', 0.03)
  client_error_rate!: number | null;

  @MaybeNumber('Requests answered 429 / count.', 0.002)
  throttled_rate!: number | null;

  @ApiProperty({ type: EndpointLatencyDto })
  latency_ms!: EndpointLatencyDto;
}

@ApiSchema({ description: 'Figures by route.' })
export class EndpointsDto {
  @ApiProperty({ type: [EndpointDto] })
  endpoints!: EndpointDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
