import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { COLLECTION_FIGURES } from '../domain/collection-row.js';
import { ChangesOf, Count, Figure } from './figure.decorator.js';

@ApiSchema({ description: 'Figures of a collection that are compared.' })
export class CollectionFiguresDto {
  @Figure('Σ quantity × unit_price of its lines in placed orders.', 510)
  gross_sales!: number | null;

  @Figure('Its lines’ share of the orders’ discounts, split by gross sales.', 18)
  discounts!: number | null;

  @Figure('gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations.', 492)
  net_sales!: number | null;

  @Count('Placed orders with a line of it, each once.', 5)
  orders!: number | null;

  @Figure('Σ quantity of its lines in placed orders.', 9)
  units!: number | null;

  @Count('product_view events with this collection.', 310)
  views!: number | null;

  @Count('add_to_cart events with this collection.', 42)
  add_to_carts!: number | null;

  @Figure(
    'Sessions with a placed order with a line of it / sessions with any event of it; null without sessions. ' +
      'The same as in /business/overview with `collection`.',
    0.04,
  )
  conversion_rate!: number | null;

  @Figure('Its net_sales / Σ net_sales of all collections and of lines without one; null when that is 0.', 0.45)
  share_of_sales!: number | null;
}

@ApiSchema({ description: 'Relative change of each figure of a collection; null against 0 or none.' })
export class CollectionChangesDto extends ChangesOf(COLLECTION_FIGURES) {}

@ApiSchema({ description: 'Figures of the collection in the compared period, and their change.' })
export class CollectionComparisonDto extends CollectionFiguresDto {
  @ApiProperty({
    type: CollectionChangesDto,
    description: '(now − then) / |then| of each figure; null against 0 or none.',
  })
  change!: CollectionChangesDto;
}

@ApiSchema({ description: 'Best-selling product of a collection.' })
export class TopProductDto {
  @ApiProperty({ example: 'br-hoodie-01' })
  product_id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Thorn Hoodie', description: 'Latest known name.' })
  name!: string | null;

  @Figure('Gross sales of its lines in this collection.', 320)
  gross_sales!: number | null;

  @Figure('Net sales of its lines in this collection.', 308)
  net_sales!: number | null;

  @Count('Placed orders with such a line.', 4)
  orders!: number | null;

  @Figure('Units of such lines.', 5)
  units!: number | null;
}

@ApiSchema({ description: 'Figures of a collection.' })
export class CollectionDto extends CollectionFiguresDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'black-rose',
    description: 'Slug; null for lines without a collection.',
  })
  collection!: string | null;

  @ApiProperty({
    type: [TopProductDto],
    description: 'Its five products with the largest gross sales, of those that were sold in the range.',
  })
  top_products!: TopProductDto[];

  @ApiPropertyOptional({ type: CollectionComparisonDto })
  comparison?: CollectionComparisonDto;
}

@ApiSchema({ description: 'Collections with their sales, share and conversion.' })
export class CollectionsDto {
  @ApiProperty({
    type: [CollectionDto],
    description:
      'Every collection with an event, and HOUSE_COLLECTIONS always; largest net_sales first, lines without one last.',
  })
  collections!: CollectionDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
