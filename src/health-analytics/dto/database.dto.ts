import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MetaDto } from '../../metrics/index.js';
import type { HealthStatus } from '../domain/health-rules.js';
import { MaybeInteger, MaybeNumber } from './maybe-number.decorator.js';
import { PercentilesDto } from './overview.dto.js';

@ApiSchema({ description: 'Connections of the service’s pool.' })
export class PoolDto {
  @ApiProperty({ type: 'integer', description: 'Open connections of this process.', example: 6 })
  total!: number;

  @ApiProperty({ type: 'integer', description: 'Open ones that nobody uses.', example: 5 })
  idle!: number;

  @ApiProperty({ type: 'integer', description: 'Callers that wait for a connection.', example: 0 })
  waiting!: number;

  @ApiProperty({ type: 'integer', description: 'Most connections that may be opened.', example: 12 })
  max!: number;
}

@ApiSchema({ description: 'Connections of the database server.' })
export class ConnectionsDto {
  @MaybeInteger('To this database, from everybody, at work or within a transaction.', 2)
  active!: number | null;

  @MaybeInteger('To this database, from everybody, idle.', 11)
  idle!: number | null;

  @MaybeInteger('`max_connections` of the server.', 100)
  max!: number | null;
}

@ApiSchema({ description: 'Table of the database, with its size.' })
export class TableDto {
  @ApiProperty({
    description: 'A partitioned table is one; its schema is named unless it is `public`.',
    example: 'analytics_events',
  })
  name!: string;

  @ApiProperty({ type: 'integer', description: 'With indexes and TOAST.', example: 734003200 })
  bytes!: number;

  @MaybeInteger('As the planner knows it; null before the first ANALYZE.', 1200000)
  rows_estimate!: number | null;
}

@ApiSchema({ description: 'Statement of the database, with its latency.' })
export class StatementDto {
  @ApiProperty({ description: '`queryid` of pg_stat_statements.', example: '-5210358238105342423' })
  query_id!: string;

  @ApiProperty({ description: 'What it begins with.', example: 'SELECT' })
  kind!: string;

  @ApiProperty({ type: 'integer', example: 8123 })
  calls!: number;

  @ApiProperty({ example: 1.42 })
  mean_ms!: number;

  @ApiProperty({ example: 11534.7 })
  total_ms!: number;
}

@ApiSchema({ description: 'State of the database, its pool, statements and tables.' })
export class DatabaseHealthDto {
  @ApiProperty({ enum: ['healthy', 'degraded', 'down'], enumName: 'HealthStatus' })
  status!: HealthStatus;

  @ApiProperty({ type: PoolDto, description: 'Pools of this process for reads and commits, together.' })
  pool!: PoolDto;

  @ApiProperty({
    type: PercentilesDto,
    description:
      'Statements of this process in the last 5 minutes, from sent to answered, without those of jobs; within 5 %.',
  })
  query_latency_ms!: PercentilesDto;

  @ApiProperty({ type: ConnectionsDto })
  connections!: ConnectionsDto;

  @MaybeNumber('Blocks found in shared buffers / blocks asked for, since the statistics were reset. 0..1.', 0.998)
  cache_hit_ratio!: number | null;

  @MaybeNumber(
    'Commits and rollbacks of everybody, over the last 5 minutes or as much of them as this process has observed; null at first.',
    74.2,
  )
  transactions_per_second!: number | null;

  @MaybeInteger('Since the statistics were reset.', 0)
  deadlocks!: number | null;

  @MaybeInteger('Size of the database on disk, at most a minute old.', 913833984)
  size_bytes!: number | null;

  @ApiProperty({ type: [TableDto], description: 'The ten largest, at most a minute old.' })
  largest_tables!: TableDto[];

  @ApiPropertyOptional({
    type: [StatementDto],
    description: 'The ten that took the most time in all; only where pg_stat_statements is loaded and may be read.',
  })
  statements?: StatementDto[];

  @ApiProperty({
    type: MetaDto,
    description: '`stale`: the database did not tell in time, its figures are the last ones known.',
  })
  meta!: MetaDto;
}
