import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint, ListBodyPipe, PageQueryDto } from '../../platform/http/index.js';
import { PriceDto, PRICING_EXAMPLE } from './price.dto.js';
import { PRICING_CHANGES_EXAMPLE, PricingChangePageDto } from './pricing-audit.dto.js';
import { PricingService } from './pricing.service.js';

const MAX_PRICES = 2_000;
const MEANING =
  'An exact model beats `*`, then the latest valid_from not after the job. Estimates are made when figures are read, so a ' +
  'corrected price corrects the past it is valid for.';

@ApiTags('ML pipelines')
@Controller('ml/pricing')
export class PricingController {
  constructor(private readonly pricing: PricingService) {}

  @Endpoint({
    method: 'GET',
    roles: ['admin'],
    summary: 'Prices that estimate the cost of jobs which did not report it',
    description: `${MEANING} Seeded with public list prices.`,
    response: [PriceDto],
    errors: [503],
    examples: { response: PRICING_EXAMPLE },
  })
  list(): Promise<PriceDto[]> {
    return this.pricing.list();
  }

  @Endpoint({
    method: 'PUT',
    roles: ['admin'],
    summary: 'Replace the price table',
    description: `Takes the whole table; what is not in it is gone. Who replaced what is recorded. ${MEANING}`,
    body: {
      schema: { type: 'array', maxItems: MAX_PRICES, items: { $ref: getSchemaPath(PriceDto) } },
      limits: { maxKeys: 50_000, maxItems: 5_000 },
    },
    response: [PriceDto],
    errors: [503],
    examples: { request: { 'two prices': PRICING_EXAMPLE }, response: PRICING_EXAMPLE },
  })
  replace(
    @Body(new ListBodyPipe(PriceDto, MAX_PRICES)) prices: PriceDto[],
    @CurrentPrincipal() principal: Principal,
  ): Promise<PriceDto[]> {
    return this.pricing.replace(prices, principal.sub);
  }

  @Endpoint({
    method: 'GET',
    path: 'audit',
    roles: ['admin'],
    summary: 'Who replaced the price table when, and what changed by it',
    response: PricingChangePageDto,
    errors: [503],
    examples: { response: PRICING_CHANGES_EXAMPLE },
  })
  changes(@Query() query: PageQueryDto): Promise<PricingChangePageDto> {
    return this.pricing.changes(query);
  }
}
