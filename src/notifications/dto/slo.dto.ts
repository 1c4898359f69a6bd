import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { CHANNELS, SEVERITIES, type Channel, type Severity } from '../domain/channel.js';

export const SLO_RANGES = ['1h', '24h', '7d', '30d'] as const;
export type SloRange = (typeof SLO_RANGES)[number];

export class SloQueryDto {
  @ApiPropertyOptional({
    enum: SLO_RANGES,
    enumName: 'SloRange',
    default: '24h',
    description: 'Of notices detected so long ago at most.',
  })
  @IsOptional()
  @IsIn(SLO_RANGES)
  range: SloRange = '24h';
}

export class DeliveryTimesDto {
  @ApiProperty({ type: 'integer', description: 'Deliveries whose time is over: sent, failed, or late.', example: 120 })
  deliveries!: number;

  @ApiProperty({ type: 'integer', description: 'Accepted by the provider within the target.', example: 119 })
  within!: number;

  @ApiProperty({ type: 'integer', description: 'Accepted, or still waiting, after the target.', example: 1 })
  late!: number;

  @ApiProperty({ type: 'integer', description: 'Of `late`: not accepted yet, still being tried.', example: 0 })
  late_pending!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Given up: refused for good, or after 4 hours of attempts.',
    example: 0,
  })
  failed!: number;

  @ApiProperty({ type: 'integer', description: 'Still waiting, within the target.', example: 0 })
  pending!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'within / deliveries; null without any.', example: 0.9917 })
  share_within!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Nearest rank, of what was accepted.', example: 0.41 })
  p50_seconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Nearest rank, of what was accepted.', example: 1.2 })
  p95_seconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Of what was accepted.', example: 31.5 })
  max_seconds!: number | null;
}

@ApiSchema({ description: 'Delivery times of one channel and severity.' })
export class ChannelTimesDto extends DeliveryTimesDto {
  @ApiProperty({ enum: CHANNELS, enumName: 'Channel', description: 'Over which they went.', example: 'sms' })
  channel!: Channel;
}

@ApiSchema({ description: 'Objective for delivery times, and how far it is met.' })
export class ObjectiveDto extends DeliveryTimesDto {
  @ApiProperty({ enum: SEVERITIES, enumName: 'Severity', description: 'Of the alerts.', example: 'critical' })
  severity!: Severity;

  @ApiProperty({
    type: 'integer',
    description: 'From detection, or the end of quiet hours, until the provider accepts.',
    example: 30,
  })
  target_seconds!: number;

  @ApiProperty({ type: [ChannelTimesDto], description: 'Each channel that had any.' })
  by_channel!: ChannelTimesDto[];
}

@ApiSchema({ description: 'Time that the delivery statistics cover.' })
export class SloMetaDto {
  @ApiProperty({ format: 'date-time', description: 'Start.', example: '2026-11-21T10:00:00.000Z' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'End.', example: '2026-11-22T10:00:00.000Z' })
  to!: string;

  @ApiProperty({ enum: SLO_RANGES, enumName: 'SloRange', description: 'As asked for.', example: '24h' })
  range!: SloRange;

  @ApiProperty({ enum: ['raw'], description: 'Counted from the deliveries themselves.' })
  source!: 'raw';

  @ApiProperty({ format: 'date-time', description: 'When it was counted.', example: '2026-11-22T10:00:00.000Z' })
  generated_at!: string;

  @ApiProperty({ description: 'Never true: every delivery recorded by then is counted.', example: false })
  stale!: boolean;
}

@ApiSchema({ description: 'Delivery times of notices against their objectives.' })
export class SloDto {
  @ApiProperty({ type: [ObjectiveDto], description: 'Critical and warning; info has no target.' })
  objectives!: ObjectiveDto[];

  @ApiProperty({ type: SloMetaDto, description: 'What was counted.' })
  meta!: SloMetaDto;
}
