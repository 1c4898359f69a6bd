import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { SentRuleDto } from './alert-rule.dto.js';

/** A rule, whether it is stored or not, and the time it is tried on. */
@ApiSchema({ description: 'Rule and time to try it on.' })
export class PreviewRequestDto extends SentRuleDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'First instant, included. Default: 24 hours before `to`.' })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Last instant; times in the future are left out. Default: now.',
  })
  @IsOptional()
  @IsString()
  to?: string;
}

@ApiSchema({ description: 'Time in which the rule would have fired.' })
export class PreviewFiringDto {
  @ApiProperty({ format: 'date-time', description: 'When it would have fired.', example: '2026-11-22T09:12:00.000Z' })
  from!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it would have resolved; null: it would still be firing.',
    example: '2026-11-22T09:31:00.000Z',
  })
  to!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Value of `group_by`.', example: '/products/:id' })
  group!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The worst value; null: there was no data.',
    example: 0.21,
  })
  peak!: number | null;
}

@ApiSchema({ description: 'Value that the rule would have seen.' })
export class PreviewPointDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:12:00.000Z' })
  t!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'What is compared with the threshold; null: no data.',
    example: 0.07,
  })
  value!: number | null;
}

@ApiSchema({ description: 'Values that the rule would have seen, of one group.' })
export class PreviewSeriesDto {
  @ApiProperty({ type: String, nullable: true, description: 'Value of `group_by`.', example: '/products/:id' })
  group!: string | null;

  @ApiProperty({
    type: [PreviewPointDto],
    description: 'At most 1,000: where there were more ticks, the worst of neighbouring values.',
  })
  points!: PreviewPointDto[];
}

@ApiSchema({ description: 'What a rule would have done.' })
export class PreviewDto {
  @ApiProperty({ type: [PreviewFiringDto], description: 'Oldest first.' })
  firings!: PreviewFiringDto[];

  @ApiProperty({ type: [PreviewSeriesDto], description: 'At most 50 groups, those that fired first.' })
  series!: PreviewSeriesDto[];

  @ApiProperty({
    type: 'integer',
    description: 'Time between two evaluations: as live, or coarser where the range is long.',
    example: 60,
  })
  step_seconds!: number;
}
