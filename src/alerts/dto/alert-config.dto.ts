import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { LongList } from '../../platform/http/index.js';
import { LIMITS } from '../domain/limits.js';
import { AlertRuleDto, SentRuleDto } from './alert-rule.dto.js';

/** A rule as it is stored; every field is there. */
@ApiSchema({ description: 'Stored alert rule.' })
export class AlertConfigDto extends AlertRuleDto {
  @ApiProperty({
    format: 'uuid',
    readOnly: true,
    description: 'Stays with every edit.',
    example: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  })
  id!: string;

  @ApiProperty({ type: 'integer', readOnly: true, description: 'Starts at 1; one more with every change.', example: 1 })
  version!: number;

  @ApiProperty({
    format: 'date-time',
    readOnly: true,
    description: 'When it was made.',
    example: '2026-11-22T10:00:00.000Z',
  })
  created_at!: string;

  @ApiProperty({
    format: 'date-time',
    readOnly: true,
    description: 'When it last changed.',
    example: '2026-11-22T10:00:00.000Z',
  })
  updated_at!: string;

  @ApiProperty({ readOnly: true, description: '`sub` of the token that made it.', example: 'maya' })
  created_by!: string;

  @ApiProperty({
    type: [String],
    readOnly: true,
    description: 'What is allowed and yet unlikely to be meant; computed whenever it is read.',
    example: [],
  })
  warnings!: string[];
}

@ApiSchema({ description: 'Page of alert rules, newest first.' })
export class AlertConfigPageDto {
  @ApiProperty({ type: [AlertConfigDto], description: 'Newest first.' })
  items!: AlertConfigDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}

@ApiSchema({ description: 'Alert rules as a file.' })
export class ConfigExportDto {
  @ApiProperty({ type: 'integer', enum: [1], description: 'Of this format.', example: 1 })
  schema!: 1;

  @ApiProperty({ type: [AlertRuleDto], description: 'By name; without id, version and dates.' })
  configs!: AlertRuleDto[];
}

@ApiSchema({ description: 'File of alert rules to import.' })
export class ConfigImportDto {
  @ApiPropertyOptional({ type: 'integer', enum: [1], description: 'Of this format.', example: 1 })
  @IsOptional()
  @IsIn([1])
  schema?: 1;

  @ApiProperty({ type: [AlertRuleDto], maxItems: LIMITS.configs, description: 'Each name once.' })
  @LongList(SentRuleDto, LIMITS.configs)
  configs!: SentRuleDto[];
}

export const IMPORT_MODES = ['merge', 'replace'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export class ImportQueryDto {
  @ApiPropertyOptional({
    enum: IMPORT_MODES,
    enumName: 'ImportMode',
    default: 'merge',
    description: '`replace` deletes every config that the import does not name; `merge` keeps it.',
    example: 'merge',
  })
  @IsOptional()
  @IsIn(IMPORT_MODES)
  mode?: ImportMode;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Only says what would be done.',
    example: 'true',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';
}

@ApiSchema({ description: 'Result of an import of alert rules.' })
export class ImportReportDto {
  @ApiProperty({ enum: IMPORT_MODES, enumName: 'ImportMode', description: 'As it was asked for.', example: 'merge' })
  mode!: ImportMode;

  @ApiProperty({ description: 'True: nothing was changed.', example: false })
  dry_run!: boolean;

  @ApiProperty({ type: [String], description: 'Names of new configs.', example: ['API answers with errors'] })
  created!: string[];

  @ApiProperty({ type: [String], description: 'Names of configs that were changed.', example: [] })
  updated!: string[];

  @ApiProperty({ type: [String], description: 'Names of configs that were like this already.', example: [] })
  unchanged!: string[];

  @ApiProperty({ type: [String], description: 'Names of deleted configs.', example: [] })
  deleted!: string[];
}

@ApiSchema({ description: 'Change of an alert rule.' })
export class ConfigChangeDto {
  @ApiProperty({ format: 'date-time', description: 'When.', example: '2026-11-22T10:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: '`sub` of the token that did it.', example: 'maya' })
  by!: string;

  @ApiProperty({
    enum: ['created', 'updated', 'deleted'],
    enumName: 'ConfigAction',
    description: 'What was done.',
    example: 'created',
  })
  action!: 'created' | 'updated' | 'deleted';

  @ApiProperty({ type: AlertConfigDto, nullable: true, description: 'Null where it was created.' })
  before!: unknown;

  @ApiProperty({ type: AlertConfigDto, nullable: true, description: 'Null where it was deleted.' })
  after!: unknown;
}

@ApiSchema({ description: 'Changes of an alert rule, newest first.' })
export class ConfigAuditDto {
  @ApiProperty({ type: [ConfigChangeDto], description: 'Newest first.' })
  items!: ConfigChangeDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: this is the last page.', example: null })
  next_cursor!: string | null;
}
