import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ description: 'Whether the process is alive.' })
export class LivenessDto {
  @ApiProperty({ enum: ['alive'] })
  status!: 'alive';
}

@ApiSchema({ description: 'Whether the process can serve requests.' })
export class ReadinessDto {
  @ApiProperty({ enum: ['ready', 'not_ready'], enumName: 'ReadinessStatus' })
  status!: 'ready' | 'not_ready';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['up', 'down'] },
    example: { database: 'up', migrations: 'up', queue: 'up' },
  })
  components!: Record<string, 'up' | 'down'>;
}
