import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { STEP_NAMES } from '../time/step.js';
import { RANGE_NAMES } from '../time/time-range.js';

/** The time parameters of every analytics read; their meaning is checked where the clock is known. */
export class RangeQueryDto {
  @ApiPropertyOptional({
    enum: RANGE_NAMES,
    enumName: 'RangeName',
    description:
      'So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read ' +
      'has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with ' +
      'from and to.',
  })
  @IsOptional()
  @IsIn(RANGE_NAMES)
  range?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Start of the range (included), with offset. At most 400 days before `to`.',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'End of the range (not included); default now; may lie in the future.',
    example: '2026-11-22T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  to?: string;
}

export class SeriesQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({
    enum: STEP_NAMES,
    enumName: 'Step',
    description: 'Width of a point; default the finest that gives at most 200 points and is kept for the range.',
  })
  @IsOptional()
  @IsIn(STEP_NAMES)
  step?: string;
}
