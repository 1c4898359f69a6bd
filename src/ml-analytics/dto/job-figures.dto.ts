import { ApiProperty, ApiSchema } from '@nestjs/swagger';

const rate = { type: Number, nullable: true } as const;

@ApiSchema({ description: 'Durations of jobs in milliseconds.' })
export class DurationDto {
  @ApiProperty({ ...rate, description: 'Mean over jobs of whatever status.', example: 9120.4 })
  avg!: number | null;

  @ApiProperty({ ...rate, description: 'Nearest-rank median, within 1 %.', example: 7675.04 })
  p50!: number | null;

  @ApiProperty({ ...rate, description: 'Nearest-rank 95th percentile, within 1 %.', example: 19027.48 })
  p95!: number | null;

  @ApiProperty({ ...rate, description: 'Nearest-rank 99th percentile, within 1 %.', example: 24310 })
  p99!: number | null;
}

@ApiSchema({ description: 'Costs in USD, reported by providers or estimated from prices.' })
export class CostDto {
  @ApiProperty({ description: 'Σ cost_usd that the jobs reported.', example: 41.27 })
  reported!: number;

  @ApiProperty({ description: 'Σ estimate, from the price table, of jobs that reported none.', example: 0 })
  estimated!: number;

  @ApiProperty({ ...rate, description: 'reported + estimated; null when no job’s cost is known.', example: 41.27 })
  total!: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'Jobs with neither a reported nor an estimated cost; never counted as 0.',
    example: 12,
  })
  jobs_without_cost!: number;
}

/** The figures of any set of jobs. */
export class JobFiguresDto {
  @ApiProperty({ type: 'integer', description: 'Finished jobs.', example: 450 })
  jobs!: number;

  @ApiProperty({ type: 'integer', example: 430 })
  succeeded!: number;

  @ApiProperty({ type: 'integer', example: 15 })
  failed!: number;

  @ApiProperty({ type: 'integer', example: 5 })
  cancelled!: number;

  @ApiProperty({ ...rate, description: 'succeeded / (succeeded + failed).', example: 0.966 })
  success_rate!: number | null;

  @ApiProperty({ type: DurationDto })
  duration_ms!: DurationDto;

  @ApiProperty({ type: CostDto })
  cost_usd!: CostDto;

  @ApiProperty({ ...rate, description: 'Total cost, failed jobs included, / succeeded.', example: 0.095977 })
  cost_per_successful_job_usd!: number | null;

  @ApiProperty({
    ...rate,
    description: 'Cost of failed and cancelled jobs; null when none of them is known.',
    example: 1.92,
  })
  wasted_cost_usd!: number | null;
}
