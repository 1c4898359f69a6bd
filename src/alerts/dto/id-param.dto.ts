import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';

/** The `{id}` of a path. */
export class IdParamDto {
  @ApiProperty({ format: 'uuid', description: 'Its id.', example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID('loose')
  id!: string;
}
