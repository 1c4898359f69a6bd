import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsIn, IsOptional } from 'class-validator';
import { HealthOverviewQueryDto } from '../../health-analytics/index.js';
import { RANGE_NAMES } from '../../metrics/index.js';
import { SECTIONS, type SectionName } from '../domain/section.js';

export class DashboardQueryDto extends HealthOverviewQueryDto {
  @ApiPropertyOptional({
    enum: SECTIONS,
    enumName: 'DashboardSection',
    isArray: true,
    description:
      'Which sections; separated by commas, or given several times. Default: all that the token’s roles may see.',
    example: ['health', 'business'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => splitList(value))
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(SECTIONS, { each: true, message: `must be a list of ${SECTIONS.join(', ')}, separated by commas` })
  sections?: SectionName[];

  @ApiPropertyOptional({
    enum: RANGE_NAMES,
    enumName: 'RangeName',
    description:
      'So much time that ends now, or a calendar range in STORE_TIME_ZONE. Without range and from: the last 24 hours, ' +
      'and the live window of 5 minutes for the health.',
  })
  declare range?: string;
}

function splitList(value: unknown): unknown {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.flatMap((part) => (typeof part === 'string' ? part.split(',') : [part]));
}
