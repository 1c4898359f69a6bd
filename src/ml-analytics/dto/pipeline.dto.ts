import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import { JobFiguresDto } from './job-figures.dto.js';
import { MlPointDto } from './ml-overview.dto.js';

@ApiSchema({ description: 'Figures of the jobs of a model.' })
export class ModelFiguresDto extends JobFiguresDto {
  @ApiProperty({ type: String, nullable: true, description: 'null: jobs that named none.', example: 'text-to-model' })
  model!: string | null;
}

@ApiSchema({ description: 'Figures of the jobs of a provider.' })
export class ProviderFiguresDto extends JobFiguresDto {
  @ApiProperty({ example: 'tripo' })
  provider!: string;
}

@ApiSchema({ description: 'Figures of the jobs of a stage.' })
export class StageFiguresDto extends JobFiguresDto {
  @ApiProperty({ type: String, nullable: true, description: 'null: jobs that named none.', example: 'ingestion' })
  stage!: string | null;
}

@ApiSchema({ description: 'Number of failed jobs with an error code.' })
export class ErrorCountDto {
  @ApiProperty({ type: String, nullable: true, description: 'null: failed without a code.', example: 'timeout' })
  error_code!: string | null;

  @ApiProperty({ type: 'integer', description: 'Failed jobs.', example: 7 })
  count!: number;
}

@ApiSchema({ description: 'Stage of the assets pipeline.' })
export class FunnelStageDto {
  @ApiProperty({ example: 'versioning' })
  stage!: string;

  @ApiProperty({ type: 'integer', example: 118 })
  succeeded!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'succeeded / succeeded of the stage before; null for the first, or when that had none.',
    example: 0.9833,
  })
  rate_from_previous!: number | null;
}

@ApiSchema({ description: 'Figures of an AI pipeline, by provider, model and error.' })
export class PipelineDto extends JobFiguresDto {
  @ApiProperty({
    type: [ProviderFiguresDto],
    description: 'Most jobs first; HOUSE_PROVIDERS always, without jobs last.',
  })
  by_provider!: ProviderFiguresDto[];

  @ApiProperty({ type: [ModelFiguresDto], description: 'Most jobs first.' })
  by_model!: ModelFiguresDto[];

  @ApiProperty({ type: [ErrorCountDto], description: 'Failed jobs by their error code, most frequent first.' })
  errors!: ErrorCountDto[];

  @ApiProperty({ type: [MlPointDto], description: 'One for every step, oldest first; gaps are filled.' })
  series!: MlPointDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}

@ApiSchema({ description: 'Figures of the assets pipeline, with its stages.' })
export class AssetsDto extends PipelineDto {
  @ApiProperty({ type: [StageFiguresDto], description: 'In the order of the pipeline; jobs without a stage last.' })
  by_stage!: StageFiguresDto[];

  @ApiProperty({ type: [FunnelStageDto], description: 'Ingestion → versioning → approval.' })
  funnel!: FunnelStageDto[];
}

@ApiSchema({ description: 'Figures of a provider, with its models.' })
export class ProviderDto extends ProviderFiguresDto {
  @ApiProperty({ type: [ModelFiguresDto], description: 'Most jobs first.' })
  models!: ModelFiguresDto[];
}

@ApiSchema({ description: 'Figures by provider.' })
export class ProvidersDto {
  @ApiProperty({ type: [ProviderDto], description: 'Most jobs first; HOUSE_PROVIDERS always, without jobs last.' })
  providers!: ProviderDto[];

  @ApiProperty({ type: MetaDto })
  meta!: MetaDto;
}
