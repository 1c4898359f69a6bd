import { Choice, type Random } from './random.js';
import type { Scene } from './scene.js';

export interface Route {
  method: string;
  path: string;
  medianMs: number;
  /** Share of requests that end in `clientStatus`. */
  clientErrorRate: number;
  clientStatus: number;
}

const SERVICE = 'shop-api';
const SERVER_ERROR_RATE = 0.004;
const SERVER_ERROR_RATE_IN_INCIDENT = 0.28;
const SLOWDOWN_IN_INCIDENT = 7;
const SPREAD = 0.55;
const GATEWAY_TIMEOUT = 504;
const GATEWAY_TIMEOUT_MS = 10_000;

function route(method: string, path: string, medianMs: number, clientErrorRate = 0.004, clientStatus = 404): Route {
  return { method, path, medianMs, clientErrorRate, clientStatus };
}

/** Requests that a visit causes. */
export const ROUTES = {
  home: route('GET', '/', 38),
  collection: route('GET', '/collections/:slug', 62, 0.01),
  product: route('GET', '/products/:id', 45, 0.012),
  addToCart: route('POST', '/cart/items', 55, 0.015, 409),
  checkout: route('POST', '/checkout', 180, 0.03, 422),
  order: route('POST', '/orders', 320, 0.02, 402),
} as const;

/** Requests beside the visits: search, accounts, partners, the office. */
const BACKGROUND = new Choice(
  [
    { route: route('GET', '/search', 95, 0.01, 400), weight: 24 },
    { route: route('GET', '/cart', 30), weight: 20 },
    { route: route('POST', '/login', 140, 0.11, 401), weight: 9 },
    { route: route('GET', '/account/orders', 80, 0.03, 401), weight: 8 },
    { route: route('GET', '/account/orders/:id', 60, 0.03, 404), weight: 6 },
    { route: route('GET', '/products/:id/reviews', 52, 0.02), weight: 14 },
    { route: route('POST', '/webhooks/payments', 70, 0.005, 400), weight: 7 },
    { route: route('GET', '/admin/orders', 210, 0.01, 403), weight: 4 },
    { route: route('PUT', '/admin/products/:id', 160, 0.02, 422), weight: 2 },
    { route: route('GET', '/reports/sales', 900, 0.01, 403), weight: 1 },
  ],
  ({ weight }) => weight,
);

const FAILURES = new Choice(
  [
    { status: 500, name: 'UnhandledException', message: 'Cannot read properties of undefined', weight: 5 },
    { status: 502, name: 'UpstreamFailure', message: 'The payment service closed the connection', weight: 2 },
    { status: 503, name: 'DatabaseUnavailable', message: 'No connection became free within 5 s', weight: 2 },
    {
      status: GATEWAY_TIMEOUT,
      name: 'UpstreamTimeout',
      message: 'The stock service did not answer within 10 s',
      weight: 1,
    },
  ],
  ({ weight }) => weight,
);

const SUCCESS: Record<string, number> = { GET: 200, POST: 201, PUT: 200 };

/** Records a request, and the error behind it when it fails; answers whether the visitor got what was asked for. */
export function recordRequest(scene: Scene, asked: Route, at: { atMs: number; correlationId: string }): boolean {
  const { random, incident } = scene;
  const failed = random.chance(incident ? SERVER_ERROR_RATE_IN_INCIDENT : SERVER_ERROR_RATE);
  const failure = failed ? FAILURES.draw(random) : undefined;
  const status = failure?.status ?? drawStatus(random, asked);
  scene.record(at.atMs, {
    event_type: 'api_request',
    correlation_id: at.correlationId,
    method: asked.method,
    route: asked.path,
    status_code: status,
    duration_ms: drawDuration(scene, asked, status),
    service: SERVICE,
  });
  if (failure) recordFailure(scene, { ...failure, route: asked.path }, at);
  return status < 400;
}

function drawStatus(random: Random, asked: Route): number {
  return random.chance(asked.clientErrorRate) ? asked.clientStatus : (SUCCESS[asked.method] ?? 200);
}

function drawDuration({ random, incident }: Scene, asked: Route, status: number): number {
  const durationMs = random.around(asked.medianMs, SPREAD) * (incident ? SLOWDOWN_IN_INCIDENT : 1);
  return roundTo(status === GATEWAY_TIMEOUT ? GATEWAY_TIMEOUT_MS : durationMs, 3);
}

export function drawBackgroundRequest(scene: Scene): void {
  recordRequest(scene, BACKGROUND.draw(scene.random).route, {
    atMs: scene.moment(),
    correlationId: scene.newId('req'),
  });
}

function recordFailure(
  scene: Scene,
  failure: { name: string; message: string; route: string },
  at: { atMs: number; correlationId: string },
): void {
  scene.record(at.atMs, {
    event_type: 'error',
    correlation_id: at.correlationId,
    name: failure.name,
    message: failure.message,
    service: SERVICE,
    severity: 'error',
    fingerprint: `${failure.name}:${failure.route}`,
  });
}

export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** Some of the people who know the shop, a few of them far more often than the rest. */
export function drawCustomer(random: Random): string {
  return `customer-${Math.floor(20_000 * random.next() ** 2.2) + 1}`;
}
