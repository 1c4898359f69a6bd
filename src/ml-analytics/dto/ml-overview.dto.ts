import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { JobFiguresDto } from './job-figures.dto.js';

const rate = { type: Number, nullable: true } as const;

@ApiSchema({ description: 'Figures of the jobs of a pipeline.' })
export class PipelineFiguresDto extends JobFiguresDto {
  @ApiProperty({ example: '3d' })
  pipeline!: string;
}

@ApiSchema({ description: 'Point of a series of jobs.' })
export class MlPointDto {
  @ApiProperty({ format: 'date-time', description: 'Start of the point.' })
  t!: string;

  @ApiPropertyOptional({ description: 'True where the range cuts the point or it is still open.' })
  partial?: boolean;

  @ApiProperty({ type: 'integer', example: 12 })
  jobs!: number;

  @ApiProperty({ type: 'integer', example: 11 })
  succeeded!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  failed!: number;

  @ApiProperty({ ...rate, example: 0.9167 })
  success_rate!: number | null;

  @ApiProperty({ ...rate, example: 18020.5 })
  duration_p95_ms!: number | null;

  @ApiProperty({
    ...rate,
    description: 'Total cost, reported and estimated; null when no job’s cost is known, 0 without jobs.',
    example: 1.08,
  })
  cost_usd!: number | null;
}

@ApiSchema({ description: 'Figures of all AI pipelines, by pipeline and over time.' })
export class MlOverviewDto extends JobFiguresDto {
  @ApiProperty({ type: [PipelineFiguresDto], description: 'By pipeline, by name.' })
  by_pipeline!: PipelineFiguresDto[];

  @ApiProperty({ type: [MlPointDto], description: 'One for every step, oldest first; gaps are filled.' })
  series!: MlPointDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
