import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Length } from 'class-validator';
import { SeriesQueryDto } from '../../metrics/index.js';

const MAX_PROVIDERS = 50;

export class MlQueryDto extends SeriesQueryDto {
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

  @ApiPropertyOptional({ description: 'Only this pipeline.', example: '3d' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  pipeline?: string;

  @ApiPropertyOptional({ description: 'Only this model.', example: 'meta-llama/Llama-2-70b-chat-hf' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  model?: string;
}
