import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { ChangesOf, Count, Figure } from './figure.decorator.js';

export const FUNNEL_FIGURES = ['sessions', 'rate_from_previous', 'rate_from_start'] as const;

export const FUNNEL_STEPS = ['traffic', 'cart', 'checkout', 'complete'] as const;
export type FunnelStepName = (typeof FUNNEL_STEPS)[number];

@ApiSchema({ description: 'Figures of a funnel step that are compared.' })
export class FunnelFiguresDto {
  @Count('Distinct sessions that reached the step. Exact up to 1,000.', 440)
  sessions!: number | null;

  @Figure('sessions / sessions of the step before; null for traffic, and when that is 0.', 0.3)
  rate_from_previous!: number | null;

  @Figure('sessions / sessions of traffic; null when that is 0.', 0.3)
  rate_from_start!: number | null;
}

@ApiSchema({ description: 'Relative change of each figure of a step; null against 0 or none.' })
export class FunnelChangesDto extends ChangesOf(FUNNEL_FIGURES) {}

@ApiSchema({ description: 'Figures of the step in the compared period, and their change.' })
export class FunnelComparisonDto extends FunnelFiguresDto {
  @ApiProperty({ type: FunnelChangesDto, description: '(now − then) / |then| of each figure; null against 0 or none.' })
  change!: FunnelChangesDto;
}

@ApiSchema({ description: 'Step from visit to order.' })
export class FunnelStepDto extends FunnelFiguresDto {
  @ApiProperty({
    enum: FUNNEL_STEPS,
    enumName: 'FunnelStepName',
    description:
      'traffic: any storefront or order event. cart: add_to_cart. checkout: checkout_started. complete: a placed order or a purchase. ' +
      'A later step’s event counts as well, in any order.',
  })
  step!: FunnelStepName;

  @ApiPropertyOptional({ type: FunnelComparisonDto })
  comparison?: FunnelComparisonDto;
}

@ApiSchema({ description: 'Steps from visit to order.' })
export class FunnelDto {
  @ApiProperty({ type: [FunnelStepDto], description: 'traffic, cart, checkout, complete.' })
  steps!: FunnelStepDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
