import { API, startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';

let app: StartedApp;

beforeAll(async () => {
  app = await startApp({ env: { METRICS_TOKEN: 'scrape-me' } });
}, 60_000);
afterAll(async () => {
  await app.stop();
}, 60_000);

async function metrics(): Promise<string> {
  return (await app.request('/metrics')).text;
}

it('tells Prometheus on this machine about the process, its event loop and its connections', async () => {
  const { status, headers, text } = await app.request('/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).toMatch(/^database_pool_connections\{pool="read",state="max"\} 10$/m);
  expect(text).toMatch(/^database_pool_connections\{pool="writer",state="max"\} 2$/m);
  expect(text).toMatch(/^queue_jobs\{queue="maintenance",state="waiting"\} \d/m);
});

it('asks a proxy for the token, and takes no other', async () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7' };
  const refused = await app.request('/metrics', { headers: forwarded });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  const wrong = await app.request('/metrics', { headers: { ...forwarded, authorization: 'Bearer scrape-you' } });
  expect(wrong.status).toBe(401);
  const asAdmin = await app.request('/metrics', { headers: forwarded, role: 'admin' });
  expect(asAdmin.status).toBe(401);
  const right = await app.request('/metrics', { headers: { ...forwarded, authorization: 'Bearer scrape-me' } });
  expect(right.status).toBe(200);
});

it('counts requests by route template, refused ones too, and all unknown routes as one', async () => {
  await app.request(`${API}/business/overview`);
  for (const path of ['/wp-login.php', '/.env', `${API}/nothing-${Date.now()}`]) await app.request(path);
  const text = await metrics();
  const count = 'http_request_duration_seconds_count';
  expect(text).toMatch(
    new RegExp(`^${count}\\{method="GET",route="${API}/business/overview",status_code="401"\\} 1$`, 'm'),
  );
  expect(text).toMatch(new RegExp(`^${count}\\{method="GET",route="unmatched",status_code="404"\\} 3$`, 'm'));
  expect(text).not.toMatch(/wp-login|\.env|nothing-/);
});

it('measures the jobs that its schedules start', async () => {
  await until(async () => /^job_duration_seconds_count\{.*outcome="completed"\} [1-9]/m.test(await metrics()), 20_000);
  expect(await metrics()).toMatch(/^schedule_ticks_total\{schedule="[a-z-]+",result="enqueued"\} [1-9]/m);
});

it('names the queue among what it needs to be ready', async () => {
  const { body } = await app.request('/health/ready');
  expect(body.components).toMatchObject({ queue: 'up' });
});
