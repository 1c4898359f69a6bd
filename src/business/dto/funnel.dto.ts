import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { Figure } from './figure.decorator.js';

export const FUNNEL_STEPS = ['traffic', 'cart', 'checkout', 'complete'] as const;
export type FunnelStepName = (typeof FUNNEL_STEPS)[number];

export class FunnelFiguresDto {
  @Figure('Distinct sessions that reached the step. Exact up to 1,000.', 440)
  sessions!: number | null;

  @Figure('sessions / sessions of the step before; null for traffic, and when that is 0.', 0.3)
  rate_from_previous!: number | null;

  @Figure('sessions / sessions of traffic; null when that is 0.', 0.3)
  rate_from_start!: number | null;
}

export class FunnelComparisonDto extends FunnelFiguresDto {
  @ApiProperty({ type: FunnelFiguresDto, description: '(now − then) / |then| of each figure; null against 0 or none.' })
  change!: FunnelFiguresDto;
}

export class FunnelStepDto extends FunnelFiguresDto {
  @ApiProperty({
    enum: FUNNEL_STEPS,
    description:
      'traffic: any storefront or order event. cart: add_to_cart. checkout: checkout_started. complete: a placed order or a purchase. ' +
      'A later step’s event counts as well, in any order.',
  })
  step!: FunnelStepName;

  @ApiPropertyOptional({ type: FunnelComparisonDto })
  comparison?: FunnelComparisonDto;
}

export class FunnelDto {
  @ApiProperty({ type: [FunnelStepDto], description: 'traffic, cart, checkout, complete.' })
  steps!: FunnelStepDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
