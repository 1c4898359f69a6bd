import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../config/index.js';
import { mayReadMetrics } from './metrics-access.js';

@Injectable()
export class MetricsAccessGuard implements CanActivate {
  constructor(private readonly config: AppConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { socket, headers } = http.getRequest<FastifyRequest>();
    const request = { peerAddress: socket.remoteAddress, headers };
    if (mayReadMetrics(request, this.config.telemetry.metricsToken)) return true;
    void http.getResponse<FastifyReply>().header('www-authenticate', 'Bearer');
    throw new UnauthorizedException('Send METRICS_TOKEN as bearer token, or ask from this machine without a proxy.');
  }
}
