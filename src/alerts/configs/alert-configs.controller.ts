import { Body, Controller, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint, pageOf, PageQueryDto } from '../../platform/http/index.js';
import { AlertConfigDto, AlertConfigPageDto, ConfigAuditDto } from '../dto/alert-config.dto.js';
import { SentRuleDto } from '../dto/alert-rule.dto.js';
import { AUDIT_EXAMPLE, CONFIG_EXAMPLE, RULE_EXAMPLES } from '../dto/examples.js';
import { IdParamDto } from '../dto/id-param.dto.js';
import { placeOfCursor } from '../dto/place.js';
import { AlertConfigsService } from './alert-configs.service.js';
import { ConfigAuditService } from './config-audit.service.js';
import { tagOfVersion } from './if-match.js';

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: '`"<version>"`: 412 where the config is at another one by now.',
  example: '"1"',
};
const KEEPS =
  'Changing metric, filters, condition, window_seconds or group_by, and disabling, resolve open alerts ' +
  '(`config_changed`); every other edit keeps state. An edit that changes nothing keeps the version.';

@ApiTags('Alert configs')
@Controller('alerts/configs')
export class AlertConfigsController {
  constructor(
    private readonly configs: AlertConfigsService,
    private readonly audits: ConfigAuditService,
  ) {}

  @Endpoint({
    method: 'GET',
    roles: ['admin'],
    summary: 'List alert configs',
    description: 'Newest first.',
    response: AlertConfigPageDto,
    errors: [503],
    examples: { response: { items: [CONFIG_EXAMPLE], next_cursor: null } },
  })
  async list(@Query() { limit, cursor }: PageQueryDto): Promise<AlertConfigPageDto> {
    const found = await this.configs.list(limit + 1, placeOfCursor(cursor));
    return pageOf(found, limit, (config) => [config.created_at, config.id]);
  }

  @Endpoint({
    method: 'POST',
    status: 201,
    roles: ['admin'],
    summary: 'Make an alert config',
    description:
      'The window slides: the value is that of the window_seconds before a tick. It fires when the condition held for ' +
      'for_seconds, and recovers at or beyond recovery_threshold. `warnings` say what is allowed and unlikely to be meant.',
    response: AlertConfigDto,
    etag: 'Version of the config, for `If-Match`.',
    errors: [409, 503],
    examples: { request: RULE_EXAMPLES, response: CONFIG_EXAMPLE },
  })
  async create(
    @Body() sent: SentRuleDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertConfigDto> {
    return tagged(reply, await this.configs.create(sent, principal.sub));
  }

  @Endpoint({
    method: 'GET',
    path: ':id',
    roles: ['admin'],
    summary: 'One alert config',
    description: 'Its version is the `ETag`.',
    response: AlertConfigDto,
    etag: 'Version of the config, for `If-Match`.',
    errors: [404, 503],
    examples: { response: CONFIG_EXAMPLE },
  })
  async get(@Param() { id }: IdParamDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<AlertConfigDto> {
    return tagged(reply, await this.configs.get(id));
  }

  @Endpoint({
    method: 'PUT',
    path: ':id',
    roles: ['admin'],
    summary: 'Replace an alert config',
    description: `Fields that are left out take their defaults. ${KEEPS}`,
    response: AlertConfigDto,
    etag: 'Version of the config, for `If-Match`.',
    errors: [404, 409, 412, 503],
    examples: { request: RULE_EXAMPLES, response: { ...CONFIG_EXAMPLE, version: 2 } },
  })
  @ApiHeader(IF_MATCH)
  async replace(
    @Param() { id }: IdParamDto,
    @Body() sent: SentRuleDto,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertConfigDto> {
    return tagged(reply, await this.configs.replace(sent, { id, by: principal.sub, ifMatch }));
  }

  @Endpoint({
    method: 'DELETE',
    path: ':id',
    roles: ['admin'],
    summary: 'Delete an alert config',
    description: 'Its open alerts are resolved (`config_deleted`). History and audit stay.',
    errors: [404, 412, 503],
  })
  @ApiHeader(IF_MATCH)
  async delete(
    @Param() { id }: IdParamDto,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.configs.delete({ id, by: principal.sub, ifMatch });
  }

  @Endpoint({
    method: 'GET',
    path: ':id/audit',
    roles: ['admin'],
    summary: 'Who changed a config, from what to what',
    description: 'Newest first; also of a config that is deleted by now.',
    response: ConfigAuditDto,
    errors: [404, 503],
    examples: { response: AUDIT_EXAMPLE },
  })
  audit(@Param() { id }: IdParamDto, @Query() { limit, cursor }: PageQueryDto): Promise<ConfigAuditDto> {
    return this.audits.page(id, limit, cursor);
  }
}

function tagged(reply: FastifyReply, config: AlertConfigDto): AlertConfigDto {
  void reply.header('etag', tagOfVersion(config.version));
  return config;
}
