import { apiReport, overallStatus, type ComponentReport } from './health-rules.js';

const LIMITS = { minRequests: 5, degradedErrorRate: 0.01, downErrorRate: 0.5, degradedLatencyMs: 2_000 };
const is = (status: ComponentReport['status']): ComponentReport => ({ status, detail: '' });

it.each([
  [{ count: 100, errorRate: 0, latencyP95Ms: 2_000 }, 'healthy'],
  [{ count: 100, errorRate: 0.0099, latencyP95Ms: null }, 'healthy'],
  [{ count: 100, errorRate: 0.01, latencyP95Ms: 10 }, 'degraded'],
  [{ count: 100, errorRate: 0, latencyP95Ms: 2_000.1 }, 'degraded'],
  [{ count: 100, errorRate: 0.4999, latencyP95Ms: 10 }, 'degraded'],
  [{ count: 100, errorRate: 0.5, latencyP95Ms: 10 }, 'down'],
  [{ count: 4, errorRate: 1, latencyP95Ms: 10_000 }, 'healthy'],
  [{ count: 0, errorRate: null, latencyP95Ms: null }, 'healthy'],
  [undefined, 'degraded'],
])('calls the API with %j %s', (latest, status) => {
  expect(apiReport(latest, LIMITS).status).toBe(status);
});

it('says what is seen and against which limits', () => {
  expect(apiReport({ count: 120, errorRate: 0.0125, latencyP95Ms: 812.4 }, LIMITS).detail).toBe(
    '120 requests in the live window: 1.25 % answered 5xx (limits 1 % and 50 %), p95 812 ms (limit 2000 ms).',
  );
});

it.each([
  [{ api: is('healthy'), database: is('healthy'), notifications: is('off') }, 'healthy'],
  [{ api: is('healthy'), database: is('healthy'), cache: is('down') }, 'degraded'],
  [{ api: is('degraded'), database: is('healthy') }, 'degraded'],
  [{ api: is('healthy'), database: is('down') }, 'down'],
  [{ api: is('down'), database: is('healthy') }, 'down'],
])('takes the whole of %j as %s', (components, status) => {
  expect(overallStatus(components)).toBe(status);
});
