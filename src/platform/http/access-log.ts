import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import type { Logger } from '../logging/index.js';
import { isOperational, pathOf } from './paths.js';

/** One line per request: for developers (`debug`), unless it failed on our side. */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request.raw.url ?? '/');
  // A probe that fails is asked for again every few seconds, and has said why in a line of its own.
  const level = reply.statusCode >= 500 && !isOperational(path) ? 'info' : 'debug';
  if (!logger.isEnabled(level)) return;
  // Never the URL itself: the paths of public routes hold what opens them.
  const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
  logger[level](`${request.method} ${route} ${reply.statusCode}`, {
    correlation_id: request.id,
    method: request.method,
    route,
    status_code: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    sub: principalOfRequest(request)?.sub,
  });
}
