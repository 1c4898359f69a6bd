import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { STEP_SECONDS } from '../time/step.js';
import type { ReadMeta } from '../meta.js';

/** `meta` of every analytics answer: what it covers and where its figures come from. */
@ApiSchema({ description: 'What an answer covers and where its figures come from.' })
export class MetaDto implements ReadMeta {
  @ApiProperty({ format: 'date-time', description: 'Start of what the answer covers (included).' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'End of what the answer covers (not included).' })
  to!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The range asked for by name, else null.', example: '24h' })
  range!: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    enum: Object.values(STEP_SECONDS),
    description: 'Width of a point in seconds.',
  })
  step_seconds?: number;

  @ApiProperty({
    enum: ['raw', 'rollup', 'hybrid', 'prometheus'],
    enumName: 'DataSource',
    description: 'Where the figures come from.',
  })
  source!: 'raw' | 'rollup' | 'hybrid' | 'prometheus';

  @ApiProperty({ format: 'date-time' })
  generated_at!: string;

  @ApiProperty({
    description:
      'True while something that belongs to the answer is not in it yet, or when the last attempt at a source that it uses failed.',
  })
  stale!: boolean;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Largest relative error of a percentile.',
    example: 0.01,
  })
  percentile_error?: number | null;

  @ApiPropertyOptional({ description: 'Standard error of distinct numbers; 0 when they are exact.', example: 0 })
  distinct_error?: number;

  @ApiPropertyOptional({ format: 'date-time' })
  compare_from?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  compare_to?: string;
}
