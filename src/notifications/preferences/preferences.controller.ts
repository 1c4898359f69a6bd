import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint } from '../../platform/http/index.js';
import { PREFERENCES_EXAMPLE } from '../dto/examples.js';
import { PreferencesDto, TeamParamDto, UserParamDto } from '../dto/preferences.dto.js';
import { PreferencesService } from './preferences.service.js';

const DEFAULTS = 'Where none were saved, the defaults.';
const SAVED = 'Replaces all of them: what is left out takes its default. From then on notices come.';
const examples = { request: { 'by e-mail, with quiet nights': PREFERENCES_EXAMPLE }, response: PREFERENCES_EXAMPLE };

@ApiTags('Notifications')
@Controller('notifications/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Endpoint({
    method: 'GET',
    path: 'users/:user_id',
    roles: ['business_viewer'],
    summary: 'How somebody wants to be told',
    description: `Your own, or as an admin anybody’s. ${DEFAULTS}`,
    response: PreferencesDto,
    errors: [503],
    examples: { response: PREFERENCES_EXAMPLE },
  })
  ofUser(@Param() param: UserParamDto, @CurrentPrincipal() principal: Principal): Promise<PreferencesDto> {
    return this.preferences.ofUser(param.user_id, principal);
  }

  @Endpoint({
    method: 'PUT',
    path: 'users/:user_id',
    roles: ['business_viewer'],
    summary: 'Say how somebody wants to be told',
    description: `Your own, or as an admin anybody’s. ${SAVED}`,
    response: PreferencesDto,
    errors: [503],
    examples,
  })
  saveUser(
    @Param() param: UserParamDto,
    @Body() sent: PreferencesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PreferencesDto> {
    return this.preferences.saveUser(param.user_id, sent, principal);
  }

  @Endpoint({
    method: 'GET',
    path: 'teams/:team',
    roles: ['admin'],
    summary: 'How a team wants to be told',
    description: DEFAULTS,
    response: PreferencesDto,
    errors: [503],
    examples: { response: PREFERENCES_EXAMPLE },
  })
  ofTeam(@Param() { team }: TeamParamDto, @CurrentPrincipal() principal: Principal): Promise<PreferencesDto> {
    return this.preferences.ofTeam(team, principal);
  }

  @Endpoint({
    method: 'PUT',
    path: 'teams/:team',
    roles: ['admin'],
    summary: 'Say how a team wants to be told',
    description: `A team has addresses of its own; its inbox shows to everybody whose token lists it. ${SAVED}`,
    response: PreferencesDto,
    errors: [503],
    examples,
  })
  saveTeam(
    @Param() { team }: TeamParamDto,
    @Body() sent: PreferencesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PreferencesDto> {
    return this.preferences.saveTeam(team, sent, principal);
  }
}
