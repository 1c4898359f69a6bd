import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RangeQueryDto } from '../../metrics/index.js';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint, pageOf } from '../../platform/http/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import { ALERT_METRICS_EXAMPLE, AlertMetricDto } from '../dto/alert-metric.dto.js';
import { ALERT_STATS_EXAMPLE, AlertStatsDto } from '../dto/alert-stats.dto.js';
import { ActiveAlertsQueryDto, AlertDetailDto, AlertHistoryQueryDto, AlertPageDto } from '../dto/alert.dto.js';
import { ALERT_DETAIL_EXAMPLE, ALERT_EXAMPLE } from '../dto/examples.js';
import { IdParamDto } from '../dto/id-param.dto.js';
import { placeOfCursor } from '../dto/place.js';
import { AlertHistoryService, type AlertScope } from './alert-history.service.js';
import { AlertStatsService } from './alert-stats.service.js';

const EPISODE = 'An alert is one episode of a rule (of one group, with group_by): a new value updates it.';

const SCOPE = 'A business_viewer sees alerts on `business.*` metrics only.';

@ApiTags('Alerts')
@Controller('alerts')
export class AlertsController {
  constructor(
    private readonly catalogue: AlertCatalogue,
    private readonly alerts: AlertHistoryService,
    private readonly figures: AlertStatsService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'active',
    roles: ['business_viewer'],
    summary: 'Alerts that fire and that nobody acknowledged',
    description: `Newest first. With state=acknowledged: those that somebody did, and that still fire. ${EPISODE} ${SCOPE}`,
    response: AlertPageDto,
    errors: [503],
    examples: { response: { items: [ALERT_EXAMPLE], next_cursor: null } },
  })
  async active(
    @Query() { state = 'firing', limit, cursor }: ActiveAlertsQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertPageDto> {
    const after = placeOfCursor(cursor);
    const found = await this.alerts.active(state, limit + 1, { scope: scopeOf(principal), after });
    return pageOf(found, limit, (alert) => [alert.triggered_at, alert.id]);
  }

  @Endpoint({
    method: 'GET',
    path: 'history',
    roles: ['business_viewer'],
    summary: 'Alerts, open and past',
    description: `Newest first, by triggered_at. ${EPISODE} ${SCOPE}`,
    response: AlertPageDto,
    errors: [503],
    examples: { response: { items: [ALERT_EXAMPLE], next_cursor: null } },
  })
  async history(@Query() query: AlertHistoryQueryDto, @CurrentPrincipal() principal: Principal): Promise<AlertPageDto> {
    const found = await this.alerts.history(query, query.limit + 1, scopeOf(principal));
    return pageOf(found, query.limit, (alert) => [alert.triggered_at, alert.id]);
  }

  @Endpoint({
    method: 'GET',
    path: ':id',
    roles: ['business_viewer'],
    summary: 'One alert with its timeline',
    description: `${EPISODE} ${SCOPE} Any other alert is a 404 to them.`,
    response: AlertDetailDto,
    errors: [404, 503],
    examples: { response: ALERT_DETAIL_EXAMPLE },
  })
  get(@Param() { id }: IdParamDto, @CurrentPrincipal() principal: Principal): Promise<AlertDetailDto> {
    return this.alerts.get(id, scopeOf(principal));
  }

  @Endpoint({
    method: 'GET',
    path: 'stats',
    roles: ['admin'],
    summary: 'How alerts are answered, and which configs cry wolf',
    description:
      'Of alerts triggered in the range. time_to_acknowledge = acknowledged_at − triggered_at of those acknowledged; ' +
      'time_to_resolve = resolved_at − triggered_at of those resolved; mean, and p95 by nearest rank. flapping = alerts ' +
      'that began within an hour of the end of the one before of the same config and group / alerts. noise = resolved ' +
      'alerts that ended by themselves (`auto`, `gone`) without having been acknowledged / resolved alerts.',
    response: AlertStatsDto,
    errors: [503],
    examples: { response: ALERT_STATS_EXAMPLE },
  })
  stats(@Query() query: RangeQueryDto): Promise<AlertStatsDto> {
    return this.figures.read(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'metrics',
    roles: ['admin'],
    summary: 'The metrics that a config may name',
    response: [AlertMetricDto],
    examples: { response: ALERT_METRICS_EXAMPLE },
  })
  metrics(): AlertMetricDto[] {
    return this.catalogue.list();
  }
}

function scopeOf({ roles }: Principal): AlertScope {
  return roles.includes('admin') ? 'all' : 'business';
}
