import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { Figure } from './figure.decorator.js';

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

  @Figure('Placed orders; with `collection` those with such a line, once each.', 11)
  orders!: number | null;

  @Figure('Σ quantity of placed orders.', 25)
  units!: number | null;

  @Figure('net_sales / orders (WooCommerce’s definition); null without orders.', 100)
  average_order_value!: number | null;

  @Figure('Sessions with a placed order / sessions, 0..1; null without sessions. Independent of `currency`.', 0.025)
  conversion_rate!: number | null;

  @Figure('Distinct session_id over storefront and order events. Exact up to 1,000.', 440)
  sessions!: number | null;
}

export class OverviewComparisonDto extends OverviewFiguresDto {
  @ApiProperty({
    type: OverviewFiguresDto,
    description: '(now − then) / |then| of each figure; null against 0 or none.',
  })
  change!: OverviewFiguresDto;
}

export class OtherCurrencyDto {
  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @Figure('Placed orders in this currency.', 3)
  orders!: number | null;

  @Figure('Gross sales in this currency.', 320)
  gross_sales!: number | null;

  @Figure('Net sales in this currency.', 320)
  net_sales!: number | null;
}

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
