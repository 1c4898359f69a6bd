import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint } from '../../platform/http/index.js';
import { AlertDetailDto, BulkDto, BulkVerdictDto, NoteDto } from '../dto/alert.dto.js';
import { ALERT_DETAIL_EXAMPLE } from '../dto/examples.js';
import { IdParamDto } from '../dto/id-param.dto.js';
import { AlertResponseService } from './alert-response.service.js';

const ACKNOWLEDGED =
  'An acknowledged alert is not repeated, still resolves by itself, and its acknowledgement ends with it.';
const BY_HAND = 'A new alert opens only once the condition has been false, or when the cooldown is over.';
const NOTE = { 'with a note': { note: 'Rolling back the release.' }, 'without one': {} };
const BULK = { 'two alerts': { ids: [ALERT_DETAIL_EXAMPLE.id, ALERT_DETAIL_EXAMPLE.config_id], note: 'Same cause.' } };
const VERDICT = {
  updated: [ALERT_DETAIL_EXAMPLE.id],
  skipped: [{ id: ALERT_DETAIL_EXAMPLE.config_id, reason: 'not_found' }],
};

@ApiTags('Alerts')
@Controller('alerts')
export class AlertResponseController {
  constructor(private readonly response: AlertResponseService) {}

  @Endpoint({
    method: 'POST',
    path: 'acknowledge',
    roles: ['admin'],
    summary: 'Acknowledge alerts',
    description: `A verdict for each id. ${ACKNOWLEDGED}`,
    response: BulkVerdictDto,
    errors: [503],
    examples: { request: BULK, response: VERDICT },
  })
  acknowledgeAll(@Body() sent: BulkDto, @CurrentPrincipal() principal: Principal): Promise<BulkVerdictDto> {
    return this.response.acknowledgeAll(sent, principal.sub);
  }

  @Endpoint({
    method: 'POST',
    path: 'resolve',
    roles: ['admin'],
    summary: 'Resolve alerts by hand',
    description: `A verdict for each id. ${BY_HAND}`,
    response: BulkVerdictDto,
    errors: [503],
    examples: { request: BULK, response: VERDICT },
  })
  resolveAll(@Body() sent: BulkDto, @CurrentPrincipal() principal: Principal): Promise<BulkVerdictDto> {
    return this.response.resolveAll(sent, principal.sub);
  }

  @Endpoint({
    method: 'POST',
    path: ':id/acknowledge',
    roles: ['admin'],
    summary: 'Acknowledge an alert',
    description: `Repeating it is harmless; 409 where it is resolved already. ${ACKNOWLEDGED}`,
    response: AlertDetailDto,
    errors: [404, 409, 503],
    examples: { request: NOTE, response: ALERT_DETAIL_EXAMPLE },
  })
  acknowledge(
    @Param() { id }: IdParamDto,
    @Body() sent: NoteDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertDetailDto> {
    return this.response.acknowledge(id, principal.sub, sent);
  }

  @Endpoint({
    method: 'POST',
    path: ':id/resolve',
    roles: ['admin'],
    summary: 'Resolve an alert by hand',
    description: `Repeating it is harmless. ${BY_HAND}`,
    response: AlertDetailDto,
    errors: [404, 503],
    examples: { request: NOTE, response: ALERT_DETAIL_EXAMPLE },
  })
  resolve(
    @Param() { id }: IdParamDto,
    @Body() sent: NoteDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertDetailDto> {
    return this.response.resolve(id, principal.sub, sent);
  }
}
