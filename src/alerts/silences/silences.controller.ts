import { Body, Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint, pageOf } from '../../platform/http/index.js';
import { SILENCE_EXAMPLE } from '../dto/examples.js';
import { IdParamDto } from '../dto/id-param.dto.js';
import { placeOfCursor } from '../dto/place.js';
import { NewSilenceDto, SilenceDto, SilencePageDto, SilenceQueryDto } from '../dto/silence.dto.js';
import { SilencesService } from './silences.service.js';

@ApiTags('Silences')
@Controller('alerts/silences')
export class SilencesController {
  constructor(private readonly silences: SilencesService) {}

  @Endpoint({
    method: 'GET',
    roles: ['admin'],
    summary: 'List silences',
    description: 'Newest first. A silence that expired or was ended stays in the list.',
    response: SilencePageDto,
    errors: [503],
    examples: { response: { items: [SILENCE_EXAMPLE], next_cursor: null } },
  })
  async list(@Query() { limit, state, cursor }: SilenceQueryDto): Promise<SilencePageDto> {
    const found = await this.silences.list(limit + 1, state, placeOfCursor(cursor));
    return pageOf(found, limit, (silence) => [silence.created_at, silence.id]);
  }

  @Endpoint({
    method: 'POST',
    status: 201,
    roles: ['admin'],
    summary: 'Silence alerts for a time',
    description:
      'From starts_at to before ends_at, alerts that match are evaluated and recorded, and their notices are `skipped: silenced`. ' +
      'When it ends, notices of alerts that still fire are sent, and once the resolved notice of an alert that ended ' +
      'meanwhile and whose firing notice had been sent.',
    response: SilenceDto,
    errors: [503],
    examples: {
      request: {
        maintenance: {
          matchers: SILENCE_EXAMPLE.matchers,
          starts_at: SILENCE_EXAMPLE.starts_at,
          ends_at: SILENCE_EXAMPLE.ends_at,
          reason: SILENCE_EXAMPLE.reason,
        },
      },
      response: SILENCE_EXAMPLE,
    },
  })
  create(@Body() sent: NewSilenceDto, @CurrentPrincipal() principal: Principal): Promise<SilenceDto> {
    return this.silences.create(sent, principal.sub);
  }

  @Endpoint({
    method: 'DELETE',
    path: ':id',
    roles: ['admin'],
    summary: 'End a silence now',
    description: 'It stays in the list with ended_at and ended_by. One that is over already stays as it is.',
    errors: [404, 503],
  })
  async end(@Param() { id }: IdParamDto, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.silences.end(id, principal.sub);
  }
}
