import { aRule } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';

interface Alert {
  id: string;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

let app: StartedApp;
/** A rule on errors and one on orders, both firing. */
let errors: { id: string };
let sales: { id: string };

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}/alerts${path}`, { role: 'admin', ...request });
const see = (path: string): Promise<AppAnswer> => app.request(`${API}/alerts${path}`, { role: 'business_viewer' });
const alertOf = async ({ id }: { id: string }): Promise<Alert> =>
  (await send(`/history?config_id=${id}`)).body.items[0];

beforeAll(async () => {
  app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '1' } });
  const create = async (rule: object): Promise<{ id: string }> => (await send('/configs', { json: rule })).body;
  errors = await create(aRule({ name: 'errors', threshold: 0 }));
  sales = await create(aRule({ name: 'sales', metric: 'business.orders', threshold: 0 }));
  const events = [
    { event_type: 'error', name: 'Timeout', message: '' },
    { event_type: 'order', order_id: 'viewer-1', status: 'placed', currency: 'USD', total: 10 },
  ];
  await app.request(`${API}/events`, { role: 'service', json: { events } });
  await until(
    async () => (await send('/active')).body.items.length === 2,
    15_000,
    () => 'The alerts did not fire.',
  );
});
afterAll(() => app.stop());

describe('a business_viewer', () => {
  it('sees alerts on business metrics in lists, whatever the filter, and where pages end', async () => {
    for (const path of ['/history', '/history?limit=1', '/active', '/active?limit=1', '/history?status=firing']) {
      const { status, body } = await see(path);
      expect([path, status, body.next_cursor]).toEqual([path, 200, null]);
      expect(body.items).toEqual([expect.objectContaining({ config_id: sales.id, metric: 'business.orders' })]);
    }
    for (const path of [`/history?config_id=${errors.id}`, '/history?status=resolved', '/active?state=acknowledged'])
      expect((await see(path)).body).toEqual({ items: [], next_cursor: null });
  });

  it('sees one of them by id, and cannot tell another alert from one that there is not', async () => {
    const own = await alertOf(sales);
    expect((await see(`/${own.id}`)).body).toMatchObject({ id: own.id, metric: 'business.orders' });
    const other = await alertOf(errors);
    const [hidden, none] = [await see(`/${other.id}`), await see(`/${NOBODY}`)];
    const told = ({ status, body }: AppAnswer): unknown => [status, body.type, body.title, body.detail];
    expect(hidden.status).toBe(404);
    expect(told(hidden)).toEqual(told(none));
  });

  it('sees all with the role admin beside it, and answers to none without', async () => {
    const token = await app.token(['business_viewer', 'admin']);
    expect((await send(`/${(await alertOf(errors)).id}`, { token })).status).toBe(200);
    expect((await send('/history', { token })).body.items.length).toBeGreaterThan(1);
    const own = await alertOf(sales);
    for (const path of [`/${own.id}/acknowledge`, `/${own.id}/resolve`])
      expect((await app.request(`${API}/alerts${path}`, { role: 'business_viewer', json: {} })).status).toBe(403);
    for (const path of ['/stats', '/metrics', '/configs', '/silences', `/configs/${sales.id}`])
      expect((await see(path)).status).toBe(403);
    for (const path of ['/history', '/active', `/${own.id}`]) {
      for (const role of ['service', []])
        expect((await app.request(`${API}/alerts${path}`, { role })).status).toBe(403);
      expect((await app.request(`${API}/alerts${path}`)).status).toBe(401);
    }
  });
});
