import { existsSync, readFileSync } from 'node:fs';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeDocument } from './openapi-components.js';
import { offerExamples } from './optional-examples.js';
import { API_PREFIX, ROOT_PATHS } from './paths.js';

const PACKAGE = readPackage(new URL('.', import.meta.url));

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

/** Every named enum there is, by the `enumName` of the fields that have it. */
const ENUMS: Readonly<Record<string, string>> = {
  AssetStage: 'Stage of the assets pipeline.',
  Currency: 'ISO 4217 code of a currency in use that has a minor unit.',
  JobStatus: 'Result of a job.',
  OrderStatus: 'Step in the life of an order.',
  StorefrontStep: 'Step of a session in the shop.',
  ActiveState: 'Which of the alerts that fire: unacknowledged or acknowledged.',
  AlertCondition: 'How a value is compared: above or below a threshold, with the window before, or with its own past.',
  AlertStatus: 'State of an alert.',
  Channel: 'Channel of notices.',
  ComparisonKind: 'Period to compare with.',
  ComponentStatus: 'State of a component; `off`: not configured.',
  ConfigAction: 'Change of an alert rule.',
  DashboardSection: 'Section of the dashboard.',
  DataSource: 'Where figures come from: raw events, rollups, both, or Prometheus.',
  DeliveryKind: 'Reason of a delivery.',
  DeliveryStatus: 'Delivery status of a notice.',
  EndpointSort: 'Figure to sort routes by.',
  ErrorPolicy: 'What happens to an alert while its metric cannot be read.',
  EventType: 'Type of an event.',
  FunnelStepName: 'Step from visit to order.',
  HealthMetric: 'Metric of a health series.',
  HealthStatus: 'State of the platform.',
  ImportMode: 'Whether an import keeps or deletes rules that the file does not have.',
  MetricSource: 'Whether a metric is computed from events or sampled.',
  NoDataPolicy: 'What happens to an alert while its metric has no data.',
  NoticeKind: 'Kind of a notice.',
  NotificationScope: 'Alerts that a person or team is notified of.',
  PipelineName: 'AI pipeline.',
  ProductFigure: 'Figure to sort products by.',
  RangeName: 'Relative or calendar range.',
  ReadinessStatus: 'Whether requests can be served.',
  SalesBreakdown: 'Dimension of a breakdown.',
  SectionStatus: 'Whether a section could be computed.',
  SeriesUnit: 'Unit of a series.',
  Severity: 'Severity of an alert.',
  SilenceState: 'State of a silence.',
  SkipReason: 'Reason why an alert was not changed.',
  SloRange: 'Time that delivery statistics cover.',
  Step: 'Width of a point.',
  TestDeliveryStatus: 'Whether a test notification is sent.',
  Weekday: 'Day of the week.',
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
    .setVersion(PACKAGE.version)
    .addServer('/', 'The service that serves this document.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN });
  for (const [name, description] of Object.entries(TAGS)) base.addTag(name, description);
  const document = SwaggerModule.createDocument(app, base.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  delete document.info.contact;
  document.info.license = { name: PACKAGE.license };
  return completeDocument(offerExamples(document), ENUMS);
}

/** The package.json of the closest folder above; there is one more folder in `dist` than in the sources. */
function readPackage(folder: URL): { version: string; license: string } {
  const file = new URL('package.json', folder);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { version: string; license: string };
  const above = new URL('..', folder);
  if (above.href === folder.href) throw new Error('package.json is missing beside the service.');
  return readPackage(above);
}
