import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { PRODUCT_FIGURES } from '../domain/product-row.js';
import { ChangesOf, Count, Figure } from './figure.decorator.js';

@ApiSchema({ description: 'Figures of a product that are compared.' })
export class ProductFiguresDto {
  @Count('product_view events of the product.', 840)
  views!: number | null;

  @Count('add_to_cart events of the product.', 96)
  add_to_carts!: number | null;

  @Count('Placed orders with the product, each once.', 21)
  orders!: number | null;

  @Figure('Σ quantity of its lines in placed orders.', 24)
  units!: number | null;

  @Figure('Σ quantity × unit_price of its lines in placed orders.', 1920)
  gross_sales!: number | null;

  @Figure('Its lines’ share of the orders’ discounts, split by gross sales and not rounded before it is added up.', 120)
  discounts!: number | null;

  @Figure(
    'gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations that list items.',
    1720,
  )
  net_sales!: number | null;

  @Figure(
    'orders / distinct sessions that viewed the product; null without views. Sessions do not depend on `currency`.',
    0.05,
  )
  conversion_rate!: number | null;

  @Figure('Last stock reported before the end of the range, of the 400 days before it; null when there is none.', 36)
  inventory!: number | null;

  @Figure('inventory / (units / days of the range that have passed); null without inventory or units.', 45)
  days_of_stock!: number | null;
}

@ApiSchema({ description: 'Relative change of each figure of a product; null against 0 or none.' })
export class ProductChangesDto extends ChangesOf(PRODUCT_FIGURES) {}

@ApiSchema({ description: 'Figures of the product in the compared period, and their change.' })
export class ProductComparisonDto extends ProductFiguresDto {
  @ApiProperty({
    type: ProductChangesDto,
    description: '(now − then) / |then| of each figure; null against 0 or none.',
  })
  change!: ProductChangesDto;
}

@ApiSchema({ description: 'Figures of a product.' })
export class ProductDto extends ProductFiguresDto {
  @ApiProperty({ example: 'br-hoodie-01', description: '`__other__`: products beyond the 20,000 kept of a day.' })
  product_id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Thorn Hoodie',
    description: 'Latest name that an order line or a stock report gave it, whenever that was.',
  })
  name!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'black-rose',
    description: 'Latest collection that an order line, a storefront event or a stock report gave it.',
  })
  collection!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-21T06:00:00.000Z',
    description: 'When `inventory` was reported; may lie before the range.',
  })
  inventory_at!: string | null;

  @ApiPropertyOptional({ type: ProductComparisonDto })
  comparison?: ProductComparisonDto;
}

@ApiSchema({ description: 'Page of products.' })
export class ProductsDto {
  @ApiProperty({
    type: [ProductDto],
    description: 'Products with a view, a cart, an order or stock, by `sort`, largest first.',
  })
  items!: ProductDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`cursor` of the next page, which covers the same time; null on the last page.',
    example: null,
  })
  next_cursor!: string | null;

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
