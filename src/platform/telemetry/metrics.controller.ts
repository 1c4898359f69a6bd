import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { Public } from '../auth/index.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';

/** `GET /metrics`, in the text format of Prometheus. Its access rule is its own: scrapers have no JWT. */
@ApiExcludeController()
@Controller()
@Public()
@UseGuards(MetricsAccessGuard)
export class MetricsController extends PrometheusController {
  @Get()
  override async index(@Res({ passthrough: true }) response: unknown): Promise<string> {
    return super.index(response);
  }
}
