import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { MAX_NAME_LENGTH, PIPELINES, type Pipeline } from '../../events/index.js';
import { RangeQueryDto, SeriesQueryDto } from '../../metrics/index.js';

const MAX_PROVIDERS = 50;

class MlFilterDto {
  @ApiPropertyOptional({
    type: [String],
    description: 'Only these providers; may be given several times.',
    example: ['replicate'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => (Array.isArray(value) ? value : [value]))
  @IsArray()
  @ArrayMaxSize(MAX_PROVIDERS)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  provider?: string[];

  @ApiPropertyOptional({ enum: PIPELINES, enumName: 'PipelineName', description: 'Only this pipeline.', example: '3d' })
  @IsOptional()
  @IsIn(PIPELINES)
  pipeline?: Pipeline;

  @ApiPropertyOptional({ description: 'Only this model.', example: 'meta-llama/Llama-2-70b-chat-hf' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME_LENGTH)
  model?: string;
}

export class MlTotalsQueryDto extends IntersectionType(RangeQueryDto, MlFilterDto) {}

export class MlQueryDto extends IntersectionType(SeriesQueryDto, MlFilterDto) {}
