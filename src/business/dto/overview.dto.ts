import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { ChangesOf, Count, Figure } from './figure.decorator.js';

/** The order of the wire. Lines have neither tax nor shipping, so the total of a collection is unknown. */
export const OVERVIEW_FIGURES = [
  'gross_sales',
  'discounts',
  'returns',
  'net_sales',
  'total_sales',
  'orders',
  'units',
  'average_order_value',
  'conversion_rate',
  'sessions',
] as const;

@ApiSchema({ description: 'Values of single placed orders.' })
export class OrderValueDto {
  @Figure('Lowest value; null without orders.', 12.5)
  min!: number | null;

  @Figure('Highest value; null without orders.', 480)
  max!: number | null;

  @Figure('Median; within 1 % of the exact value.', 86)
  p50!: number | null;

  @Figure('95th percentile; within 1 % of the exact value.', 310)
  p95!: number | null;
}

@ApiSchema({ description: 'New and returning customers.' })
export class CustomersDto {
  @ApiProperty({
    example: 7,
    type: 'integer',
    description: 'Customers with no placed order before the range, in any currency, as far back as 3 years.',
  })
  new!: number;

  @ApiProperty({ example: 3, type: 'integer', description: 'Customers with a placed order before the range.' })
  returning!: number;

  @Figure('returning / (new + returning); null without customers.', 0.3)
  repeat_rate!: number | null;
}

@ApiSchema({ description: 'Business figures that are compared.' })
export class OverviewFiguresDto {
  @Figure(
    'Σ (total + discount − tax − shipping) of placed orders; with `collection` Σ quantity × unit_price of its lines.',
    1250,
  )
  gross_sales!: number | null;

  @Figure('Σ discount of placed orders; with `collection` its lines’ share of it by gross sales.', 50)
  discounts!: number | null;

  @Figure(
    'Σ (total − tax − shipping) of refunded and cancelled orders, on the day they were; with `collection` their lines.',
    100,
  )
  returns!: number | null;

  @Figure('gross_sales − discounts − returns.', 1100)
  net_sales!: number | null;

  @Figure(
    'net_sales + tax + shipping of placed less those of refunded and cancelled; null with `collection`: lines have neither.',
    1190,
  )
  total_sales!: number | null;

  @Count('Placed orders; with `collection` those with such a line, once each.', 11)
  orders!: number | null;

  @Figure('Σ quantity of placed orders.', 25)
  units!: number | null;

  @Figure('net_sales / orders (WooCommerce’s definition); null without orders.', 100)
  average_order_value!: number | null;

  @ApiProperty({
    type: OrderValueDto,
    description:
      'gross_sales − discounts of single placed orders; with `collection` of their lines in it. Null values where orders of the range were rolled up before values were kept.',
  })
  order_value!: OrderValueDto;

  @ApiProperty({
    type: CustomersDto,
    nullable: true,
    description: 'Customers with a placed order in the range, by `customer_id`; null where no order names one.',
  })
  customers!: CustomersDto | null;

  @Figure(
    'Sessions with a placed order or a purchase / sessions, 0..1; null without sessions. Independent of `currency`.',
    0.025,
  )
  conversion_rate!: number | null;

  @Count('Distinct session_id over storefront and order events. Exact up to 1,000.', 440)
  sessions!: number | null;
}

@ApiSchema({ description: 'Relative change of each figure; null against 0 or none.' })
export class OverviewChangesDto extends ChangesOf(OVERVIEW_FIGURES) {}

@ApiSchema({ description: 'Business figures of the compared period, and their change.' })
export class OverviewComparisonDto extends OverviewFiguresDto {
  @ApiProperty({
    type: OverviewChangesDto,
    description: '(now − then) / |then| of each figure; null against 0 or none.',
  })
  change!: OverviewChangesDto;
}

@ApiSchema({ description: 'Sales in another currency.' })
export class OtherCurrencyDto {
  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @Count('Placed orders in this currency.', 3)
  orders!: number | null;

  @Figure('Gross sales in this currency.', 320)
  gross_sales!: number | null;

  @Figure('Net sales in this currency.', 320)
  net_sales!: number | null;
}

@ApiSchema({ description: 'Business figures of a range.' })
export class OverviewDto extends OverviewFiguresDto {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({
    type: [OtherCurrencyDto],
    description: 'What was sold in other currencies; never added to the figures above.',
  })
  other_currencies!: OtherCurrencyDto[];

  @ApiPropertyOptional({ type: OverviewComparisonDto })
  comparison?: OverviewComparisonDto;

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
