import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { offerExamples } from './optional-examples.js';
import { API_PREFIX, ROOT_PATHS } from './paths.js';

const DESCRIPTION =
  'Takes in a shop’s and its AI platform’s events, and answers how the system, the pipelines and the sales are doing. ' +
  'Get a token with `npm run token -- --role admin`.\n\n' +
  'Instants are UTC, ranges half-open `[from, to)`; rates are fractions 0..1; what cannot be computed is `null`, never 0. ' +
  'Errors are `application/problem+json` (RFC 9457). Every answer carries `x-correlation-id`.';

const TOKEN =
  'A JWT, without the word “Bearer”. On a machine of your own: `npm run token -- --role admin` (or `business_viewer`, `service`).';

/** Every group there is, in the order of the page. A controller names one of them with `@ApiTags`. */
export const TAGS: Readonly<Record<string, string>> = {
  Dashboard: 'What the start page of the admin shows, in one answer.',
  'System health': 'Requests, error rates, latency, the database and the components of the platform.',
  'ML pipelines': 'Jobs of the AI pipelines: success, duration, cost; and the prices that estimates are made with.',
  Business: 'Sales as a ledger, products, collections and the way from visit to order.',
  Alerts: 'What the rules over the metrics found, and who took care of it.',
  'Alert configs': 'The rules: kept, tried on the past, carried over as a file.',
  Silences: 'Times in which alerts are recorded and nobody is told.',
  Notifications: 'What was sent to whom, and how people and teams want to be told.',
  Events: 'The way in: events of the shop and the platform, and what became of them.',
  Probes: 'For balancers and supervisors.',
};

/** `/docs` (Swagger UI) and `/docs-json` (OpenAPI 3.1), both public. */
export function publishOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Admin analytics API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, defaultModelsExpandDepth: 0 },
  });
}

/** The same document without an application that runs: nothing is made, connected or started. */
export async function describeApi(module: DynamicModule): Promise<OpenAPIObject> {
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { preview: true, logger: false });
  app.setGlobalPrefix(API_PREFIX, { exclude: ROOT_PATHS });
  return createDocument(app);
}

function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Admin analytics')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN });
  for (const [name, description] of Object.entries(TAGS)) base.addTag(name, description);
  const document = SwaggerModule.createDocument(app, base.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return offerExamples(document);
}
