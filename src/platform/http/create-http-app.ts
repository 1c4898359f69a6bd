import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { JwtAuthGuard, RolesGuard, TokenAuthenticator } from '../auth/index.js';
import type { AppConfig } from '../config/index.js';
import { NestLogger, type Logger } from '../logging/index.js';
import { AnswersAtHand } from './answers-at-hand.js';
import { BodyBudget } from './body-budget.js';
import { createFastify } from './create-fastify.js';
import { DeclaredInputGuard } from './declared-input.guard.js';
import { Draining } from './draining.js';
import { ForeignErrors } from './foreign-errors.js';
import { publishOpenApi } from './open-api.js';
import { API_PREFIX, ROOT_PATHS } from './paths.js';
import { PublicDocuments } from './public-documents.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { RequestGate } from './request-gate.js';
import { RouteTable } from './route-table.js';
import { createSecurityHeaders } from './security-headers.js';
import { StrictValidationPipe } from './strict-validation.pipe.js';

/** What a browser may read of an answer, and send with a request, from another origin. */
const CORS_EXPOSED = [
  'x-correlation-id',
  'retry-after',
  'etag',
  'www-authenticate',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];
const CORS_ALLOWED = ['authorization', 'content-type', 'if-match', 'if-none-match', 'x-correlation-id', 'traceparent'];
const CORS_MAX_AGE_SECONDS = 600;

/** Builds the application around the modules: every convention of the wire is applied here, none in a feature. */
export async function createHttpApp(
  module: DynamicModule,
  config: AppConfig,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const filter = new ProblemFilter(logger.child('http'));
  const routes = new RouteTable();
  const securityHeaders = await createSecurityHeaders(config.http.publicUrl?.startsWith('https:') ?? false);
  const fastify = await createFastify({ filter, logger: logger.child('http'), routes, securityHeaders });
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(fastify as never), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  filter.foreignErrors = app.get(ForeignErrors);
  const authenticator = app.get(TokenAuthenticator);
  const gate = new RequestGate({
    role: config.role,
    routes,
    authenticator,
    bodies: app.get(BodyBudget),
  });
  app.get(Draining).watch(fastify);
  fastify.addHook('onRequest', gate.onRequest);
  fastify.addHook('preHandler', app.get(AnswersAtHand).preHandler);
  fastify.addHook('preHandler', new PublicDocuments(fastify, app.get(RateLimitGuard)).preHandler);
  applyConventions(app, config, filter);
  publishOpenApi(app);
  return app;
}

/** Answers the requests in flight and closes the connections, and then stops everything behind them. */
export async function closeHttpApp(app: NestFastifyApplication): Promise<void> {
  await app.get(Draining).drain(app.getHttpAdapter().getInstance());
  await app.close();
}

function applyConventions(app: NestFastifyApplication, config: AppConfig, filter: ProblemFilter): void {
  app.setGlobalPrefix(API_PREFIX, { exclude: ROOT_PATHS });
  app.useGlobalFilters(filter);
  // In this order: who is it, may they, not too often, and nothing that the endpoint does not take.
  app.useGlobalGuards(app.get(JwtAuthGuard), app.get(RolesGuard), app.get(RateLimitGuard), app.get(DeclaredInputGuard));
  app.useGlobalPipes(new StrictValidationPipe());
  if (config.http.corsOrigins.length === 0) return;
  app.enableCors({
    origin: [...config.http.corsOrigins],
    exposedHeaders: CORS_EXPOSED,
    allowedHeaders: CORS_ALLOWED,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    maxAge: CORS_MAX_AGE_SECONDS,
    // The gate answers OPTIONS of every kind, and knows which paths there are.
    preflightContinue: true,
    strictPreflight: false,
  });
}
