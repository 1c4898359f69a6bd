import { Body, Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint } from '../../platform/http/index.js';
import { ConfigExportDto, ConfigImportDto, ImportQueryDto, ImportReportDto } from '../dto/alert-config.dto.js';
import { EXPORT_EXAMPLE, REPORT_EXAMPLE } from '../dto/examples.js';
import { IdParamDto } from '../dto/id-param.dto.js';
import { TestReportDto } from '../dto/test-report.dto.js';
import { ConfigTransferService } from './config-transfer.service.js';
import { TestNoticeService } from './test-notice.service.js';

/** 10,000 configs with everything that most of them have. */
/** Room for {@link LIMITS.configs} rules, each with every field. */
const IMPORT_LIMITS = { maxBytes: 16 * 1_048_576, maxKeys: 1_000_000, maxItems: 1_000_000 };

@ApiTags('Alert configs')
@Controller('alerts/configs')
export class ConfigTransferController {
  constructor(
    private readonly transfer: ConfigTransferService,
    private readonly tests: TestNoticeService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'export',
    roles: ['admin'],
    summary: 'All alert configs as one file',
    description: 'By name, without id, version and dates; what `/alerts/configs/import` takes.',
    response: ConfigExportDto,
    errors: [503],
    examples: { response: EXPORT_EXAMPLE },
  })
  export(): Promise<ConfigExportDto> {
    return this.transfer.export();
  }

  @Endpoint({
    method: 'POST',
    path: 'import',
    roles: ['admin'],
    summary: 'Take in alert configs from a file',
    description:
      'All or nothing, matched by name: a config of that name keeps its id, its history and, where the edit allows it, its ' +
      'state; its version too where nothing in it changed. A refusal names the field, e.g. `configs[3].threshold`.',
    body: { limits: IMPORT_LIMITS },
    response: ImportReportDto,
    errors: [503],
    examples: { request: { 'one config': EXPORT_EXAMPLE }, response: REPORT_EXAMPLE },
  })
  import(
    @Body() sent: ConfigImportDto,
    @Query() { mode = 'merge', dry_run: dryRun }: ImportQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ImportReportDto> {
    return this.transfer.import(sent, { mode, dryRun: dryRun === 'true', by: principal.sub });
  }

  @Endpoint({
    method: 'POST',
    path: ':id/test',
    roles: ['admin'],
    summary: 'Send a test notification',
    description: 'What the config would send if it fired now, marked as a test; no alert comes of it.',
    response: TestReportDto,
    errors: [404, 503],
    examples: { response: { notifications: [{ channel: 'email', target: 'm***@shop.example', status: 'pending' }] } },
  })
  test(@Param() { id }: IdParamDto): Promise<TestReportDto> {
    return this.tests.send(id);
  }
}
