import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PriceDto, PRICING_EXAMPLE, toPriceDto } from './price.dto.js';
import type { PricingChange } from './pricing.repository.js';

@ApiSchema({ description: 'Change of the price table.' })
export class PricingChangeDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T10:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: '`sub` of the token that replaced the table.', example: 'ana' })
  by!: string;

  @ApiProperty({ enum: ['replaced'], example: 'replaced' })
  action!: 'replaced';

  @ApiProperty({ type: [PriceDto], description: 'Prices that were in the table and are not any more, or not so.' })
  before!: PriceDto[];

  @ApiProperty({ type: [PriceDto], description: 'Prices that were not in the table before, or not so.' })
  after!: PriceDto[];
}

@ApiSchema({ description: 'Page of changes of the price table, newest first.' })
export class PricingChangePageDto {
  @ApiProperty({ type: [PricingChangeDto], description: 'Newest first.' })
  items!: PricingChangeDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Where the next page starts; null on the last.' })
  next_cursor!: string | null;
}

export const PRICING_CHANGES_EXAMPLE: PricingChangePageDto = {
  items: [
    {
      at: '2026-11-22T10:00:00.000Z',
      by: 'ana',
      action: 'replaced',
      before: PRICING_EXAMPLE.slice(0, 1),
      after: [{ ...PRICING_EXAMPLE[0]!, usd_per_second: 0.0011 }],
    },
  ],
  next_cursor: null,
};

/** Whole tables are kept; a reader wants to see what is different. */
export function toChangeDto({ at, by, before, after }: PricingChange): PricingChangeDto {
  const [was, is] = [before.map(toPriceDto), after.map(toPriceDto)];
  return { at: at.toISOString(), by, action: 'replaced', before: without(was, is), after: without(is, was) };
}

function without(prices: readonly PriceDto[], others: readonly PriceDto[]): PriceDto[] {
  const known = new Set(others.map((price) => JSON.stringify(price)));
  return prices.filter((price) => !known.has(JSON.stringify(price)));
}
