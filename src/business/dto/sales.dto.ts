import { ApiProperty, ApiPropertyOptional, ApiSchema, OmitType } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { Count, Figure } from './figure.decorator.js';

@ApiSchema({ description: 'Part of a point, by the dimension of the breakdown.' })
export class BreakdownDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Collection, product or status; null for lines without one.',
  })
  key!: string | null;

  @Figure('Gross sales of this part.', 420)
  gross_sales!: number | null;

  @Figure('Net sales of this part.', 400)
  net_sales!: number | null;

  @Count('Orders with such a line; by status the number of order events.', 4)
  orders!: number | null;

  @Figure('Units of this part.', 9)
  units!: number | null;
}

@ApiSchema({ description: 'Sales of one step.' })
export class SalesPointDto {
  @ApiProperty({ format: 'date-time', description: 'Start of the point.' })
  t!: string;

  @ApiPropertyOptional({ description: 'True where the range cuts the point or it is still open.' })
  partial?: boolean;

  @Figure('Σ (total + discount − tax − shipping) of orders placed in this point.', 1250)
  gross_sales!: number | null;

  @Figure('Σ discount of orders placed in this point.', 50)
  discounts!: number | null;

  @Figure('Σ (total − tax − shipping) of refunds and cancellations in this point.', 100)
  returns!: number | null;

  @Figure('gross_sales − discounts − returns.', 1100)
  net_sales!: number | null;

  @Count('Orders placed in this point.', 11)
  orders!: number | null;

  @Figure('Σ quantity of orders placed in this point.', 25)
  units!: number | null;

  @Figure('net_sales / orders; null without orders.', 100)
  average_order_value!: number | null;

  @ApiPropertyOptional({
    type: [BreakdownDto],
    description: 'The parts that have any event, largest gross sales first.',
  })
  breakdown?: BreakdownDto[];
}

@ApiSchema({ description: 'Point of the compared period.' })
export class ComparedPointDto extends OmitType(SalesPointDto, ['t']) {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Start of the point; null where the earlier time has none beside it, as are then all values.',
  })
  t!: string | null;
}

@ApiSchema({ description: 'Points of the compared period.' })
export class SalesComparisonDto {
  @ApiProperty({
    type: [ComparedPointDto],
    description:
      'One for each of `points`: by position, against a year before by date (a 29 February of that year is no point).',
  })
  points!: ComparedPointDto[];
}

@ApiSchema({ description: 'Sales over time.' })
export class SalesDto {
  @ApiProperty({ type: [SalesPointDto], description: 'One for every step, oldest first; gaps are filled.' })
  points!: SalesPointDto[];

  @ApiPropertyOptional({ type: SalesComparisonDto })
  comparison?: SalesComparisonDto;

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
