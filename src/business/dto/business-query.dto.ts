import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { MAX_NAME_LENGTH } from '../../events/index.js';
import { RangeQueryDto, SeriesQueryDto } from '../../metrics/index.js';
import { PageQueryDto } from '../../platform/http/index.js';
import { PRODUCT_FIGURES, type ProductFigure } from '../domain/product-row.js';

export const COMPARISONS = ['previous_period', 'previous_year'] as const;
export const BREAKDOWNS = ['collection', 'product', 'status'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

class BusinessFilterDto {
  @ApiPropertyOptional({
    description: 'ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed.',
    example: 'USD',
  })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code in capitals, e.g. USD' })
  currency?: string;

  @ApiPropertyOptional({
    description:
      'Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line.',
    example: 'black-rose',
  })
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME_LENGTH)
  collection?: string;

  @ApiPropertyOptional({
    enum: COMPARISONS,
    enumName: 'ComparisonKind',
    description:
      'Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long ' +
      'a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part.',
  })
  @IsOptional()
  @IsIn(COMPARISONS)
  compare?: (typeof COMPARISONS)[number];

  @ApiPropertyOptional({
    description:
      'IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far ' +
      'back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as ' +
      'long as days where STORE_TIME_ZONE is such a zone.',
    example: 'Europe/Paris',
  })
  @IsOptional()
  @IsString()
  time_zone?: string;
}

export class OverviewQueryDto extends IntersectionType(RangeQueryDto, BusinessFilterDto) {}

export class SalesQueryDto extends IntersectionType(SeriesQueryDto, BusinessFilterDto) {
  @ApiPropertyOptional({
    enum: BREAKDOWNS,
    enumName: 'SalesBreakdown',
    description: 'Adds to each point its parts by this dimension.',
  })
  @IsOptional()
  @IsIn(BREAKDOWNS)
  breakdown?: Breakdown;
}

export class ProductsQueryDto extends IntersectionType(PageQueryDto, RangeQueryDto, BusinessFilterDto) {
  @ApiPropertyOptional({
    enum: PRODUCT_FIGURES,
    enumName: 'ProductFigure',
    default: 'gross_sales',
    description: 'Figure to sort by, largest first; products without it come last, ties by product_id.',
  })
  @IsOptional()
  @IsIn(PRODUCT_FIGURES)
  sort?: ProductFigure;
}

export class CollectionsQueryDto extends IntersectionType(RangeQueryDto, BusinessFilterDto) {}

export class FunnelQueryDto extends IntersectionType(RangeQueryDto, BusinessFilterDto) {}
