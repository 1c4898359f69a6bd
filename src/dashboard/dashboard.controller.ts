import { Controller, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '../platform/auth/index.js';
import { AnswersAtHand, bodyFor, Endpoint } from '../platform/http/index.js';
import { DashboardService } from './dashboard.service.js';
import { DashboardQueryDto } from './dto/dashboard-query.dto.js';
import { DashboardDto } from './dto/dashboard.dto.js';
import { DASHBOARD_EXAMPLE } from './dto/examples.js';

@ApiTags('Dashboard')
@Controller('dashboard')
export class DashboardController {
  constructor(
    private readonly dashboard: DashboardService,
    private readonly answers: AnswersAtHand,
  ) {}

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
    etag: 'Fingerprint of the figures, without `meta`.',
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
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const question = this.dashboard.question(query, principal);
    // A range by its name is as good tomorrow; with its ends given it may become too long, or end too late.
    if (query.from === undefined) this.answers.remember(request, () => this.dashboard.atHand(question));
    return bodyFor(request, reply, await this.dashboard.answer(question));
  }
}
