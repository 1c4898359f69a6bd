import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import type { Logger } from '../logging/index.js';
import { pathOf } from './paths.js';

/** One line per request: for developers (`debug`), unless it failed on our side. */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const level = reply.statusCode >= 500 ? 'info' : 'debug';
  if (!logger.isEnabled(level)) return;
  logger[level](`${request.method} ${pathOf(request.raw.url ?? '/')} ${reply.statusCode}`, {
    correlation_id: request.id,
    method: request.method,
    route: request.routeOptions.url,
    status_code: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    sub: principalOfRequest(request)?.sub,
  });
}
