import { Controller, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal } from '../platform/auth/index.js';
import { Endpoint } from '../platform/http/index.js';
import { DashboardService } from './dashboard.service.js';
import { DashboardQueryDto } from './dto/dashboard-query.dto.js';
import { DashboardDto } from './dto/dashboard.dto.js';
import { DASHBOARD_EXAMPLE } from './dto/examples.js';

@ApiTags('Dashboard')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly dashboard: DashboardService) {}

  @Endpoint({
    method: 'GET',
    path: 'summary',
    roles: ['business_viewer'],
    summary: 'Health, pipelines, sales and active alerts in one answer',
    description:
      'The bodies of the three overviews, and what fires. A `business_viewer` sees `business` alone; asking for another ' +
      'section by name is a 403. A section that fails, or takes longer than 4 s, is missing, and `meta` says why; the ' +
      'others are not touched. Figures are at most 60 s old; a change of an alert drops `active_alerts` at once. ' +
      'The `ETag` covers the figures, not `meta`.',
    response: DashboardDto,
    errors: [503],
    examples: { response: DASHBOARD_EXAMPLE },
  })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The `ETag` of an earlier answer: while its figures hold, the answer is 304 without a body.',
    schema: { type: 'string', example: 'W/"p3JmrQXo0q8m1bDn2V5xYA"' },
  })
  @ApiResponse({ status: 304, description: 'The figures are still those of `If-None-Match`.' })
  async summary(
    @Query() query: DashboardQueryDto,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { body, tag } = await this.dashboard.summary(query, principal);
    void reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary: 'Authorization' });
    if (known !== undefined && isAmong(known, tag)) return void reply.code(304);
    void reply.type('application/json; charset=utf-8');
    return body;
  }
}

/** RFC 9110, 13.1.2: compared weakly, as a proxy may have made a strong tag weak. */
function isAmong(known: string, tag: string): boolean {
  const opaque = (text: string): string => text.trim().replace(/^W\//, '');
  return known.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag));
}
