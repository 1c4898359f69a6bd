import { randomUUID } from 'node:crypto';
import { aRule } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';

/** What these tests look at of an alert. */
interface Alert {
  id: string;
  group: string | null;
  triggered_at: string;
}

let app: StartedApp;
/** One config, and three alerts of it: of the services a, b and c. */
let config: { id: string; name: string };
let alerts: Record<string, Alert>;

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}/alerts${path}`, { role: 'admin', ...request });
const create = (rule: object): Promise<AppAnswer> => send('/configs', { json: rule });
const post = (path: string, json: object = {}): Promise<AppAnswer> => send(path, { json });
const itemsOf = async (path: string): Promise<Alert[]> => (await send(path)).body.items;
const idsOf = async (path: string): Promise<string[]> => (await itemsOf(path)).map(({ id }) => id);
const groupsOf = async (path: string): Promise<(string | null)[]> =>
  (await itemsOf(path)).map(({ group }) => group).sort();

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** The status, and the fields that the refusal names. */
const refused = ({ status, body }: AppAnswer): unknown[] => [
  status,
  ...new Set((body.errors ?? []).map(({ path }: { path: string }) => path)),
];

async function report(service: string, errors: number): Promise<void> {
  const events = Array.from({ length: errors }, () => ({ event_type: 'error', name: 'Timeout', message: '', service }));
  const { status } = await app.request(`${API}/events`, { role: 'service', json: { events } });
  expect(status).toBe(202);
}

async function fired(path: string, count: number): Promise<Alert[]> {
  await until(
    async () => (await itemsOf(path)).length === count,
    15_000,
    () => 'The alerts did not fire.',
  );
  return itemsOf(path);
}

beforeAll(async () => {
  app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '1' } });
  config = (await create(aRule({ group_by: 'service', threshold: 2, cooldown_seconds: 3_600 }))).body;
  await Promise.all(['a', 'b', 'c'].map((service) => report(service, 3)));
  const found = await fired(`/history?config_id=${config.id}`, 3);
  alerts = Object.fromEntries(found.map((alert) => [alert.group, alert]));
});
afterAll(() => app.stop());

it('lists the metrics that a config may name', async () => {
  const { status, body } = await send('/metrics');
  expect(status).toBe(200);
  const names: string[] = body.map(({ name }: { name: string }) => name);
  const promised = [
    ...['request_count', 'error_rate', 'latency_p50', 'latency_p95', 'latency_p99'].map((name) => `api.${name}`),
    ...['job_count', 'failure_count', 'success_rate', 'duration_p95', 'cost_usd'].map((name) => `ml.${name}`),
    ...['gross_sales', 'net_sales', 'orders', 'average_order_value', 'conversion_rate', 'inventory'].map(
      (name) => `business.${name}`,
    ),
    ...['errors.count', 'events.seconds_since_last', 'database.pool_utilization', 'database.query_latency_p95'],
    ...['queue.waiting', 'queue.failed'],
  ];
  expect(names).toEqual(expect.arrayContaining(promised));
  expect(body.find(({ name }: { name: string }) => name === 'errors.count')).toEqual({
    name: 'errors.count',
    unit: 'count',
    description: expect.any(String),
    dimensions: ['name', 'service', 'severity'],
    source: 'events',
  });
  for (const { description, source } of body)
    expect([description, source]).toEqual([expect.any(String), expect.stringMatching(/^(events|samples)$/)]);
});

describe('an alert', () => {
  it('tells what fired, for whom, and who was told', async () => {
    const { status, body } = await send(`/${alerts.a!.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ id: alerts.a!.id, config_id: config.id, config_name: config.name, metric: 'errors.count', filters: {} },
      ...{ group: 'a', condition: 'threshold_above', severity: 'warning', status: 'firing', threshold: 2 },
      ...{ value: 3, peak_value: 3, resolved_value: null, triggered_at: expect.stringMatching(/Z$/) },
      ...{ acknowledged_at: null, acknowledged_by: null, resolved_at: null, resolved_by: null, note: null },
      notifications: expect.any(Array),
      timeline: expect.any(Array),
    });
    expect(body.timeline.at(-1)).toEqual({
      ...{ at: body.triggered_at, state: 'firing', value: 3, reason: null, by: null, note: null },
    });
    const told = body.notifications.map(({ channel, kind }: { channel: string; kind: string }) => `${kind} ${channel}`);
    expect(told.sort()).toEqual(['firing email', 'firing in_app', 'firing slack']);
    const email = body.notifications.find(({ channel }: { channel: string }) => channel === 'email');
    expect(email).toMatchObject({ status: 'skipped', reason: 'not configured', detected_at: body.triggered_at });
  });

  it('is active until somebody acknowledges it, and then among the acknowledged', async () => {
    expect(await groupsOf('/active')).toEqual(['a', 'b', 'c']);
    const { status, body } = await post(`/${alerts.a!.id}/acknowledge`, { note: 'On it.' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: alerts.a!.id, status: 'acknowledged', acknowledged_by: 'tester', note: 'On it.' });
    expect(body.acknowledged_at >= body.triggered_at).toBe(true);
    expect(body.timeline.at(-1)).toMatchObject({ state: 'acknowledged', by: 'tester', note: 'On it.' });
    expect(await groupsOf('/active')).toEqual(['b', 'c']);
    expect(await groupsOf('/active?state=firing')).toEqual(['b', 'c']);
    expect(await groupsOf('/active?state=acknowledged')).toEqual(['a']);
  });

  it('is acknowledged once, however often that is said', async () => {
    const before = (await send(`/${alerts.a!.id}`)).body;
    const again = await send(`/${alerts.a!.id}/acknowledge`, {
      json: { note: 'Me too.' },
      token: await app.token(['admin'], { sub: 'maya' }),
    });
    expect([again.status, again.body]).toEqual([200, before]);
  });

  it('is resolved by hand, once, and opens no other while its cooldown lasts', async () => {
    const { status, body } = await send(`/${alerts.b!.id}/resolve`, { method: 'POST' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'resolved', resolved_by: 'tester', resolved_value: 3, note: null });
    expect(body.timeline.at(-1)).toMatchObject({ state: 'resolved', by: 'tester' });
    const again = await post(`/${alerts.b!.id}/resolve`, { note: 'Again.' });
    expect([again.status, again.body.resolved_at, again.body.note]).toEqual([200, body.resolved_at, null]);
    expect(await groupsOf('/active')).toEqual(['c']);
  });

  it('cannot be acknowledged once it is resolved', async () => {
    const { status, body } = await post(`/${alerts.b!.id}/acknowledge`);
    expect([status, body.type]).toEqual([409, 'urn:problem-type:conflict']);
  });

  it('is one of those that exist', async () => {
    for (const path of [`/${NOBODY}`, `/${NOBODY}/acknowledge`, `/${NOBODY}/resolve`])
      expect((await send(path, { method: path.endsWith(NOBODY) ? 'GET' : 'POST' })).status).toBe(404);
    for (const path of ['/x', '/x/acknowledge', '/x/resolve'])
      expect(refused(await send(path, { method: path === '/x' ? 'GET' : 'POST' }))).toEqual([400, 'id']);
  });
});

describe('many alerts at once', () => {
  it('have a verdict each', async () => {
    const ids = [alerts.a!.id, alerts.b!.id, alerts.c!.id, NOBODY];
    const { status, body } = await post('/acknowledge', {
      ids: [...ids, alerts.c!.id.toUpperCase()],
      note: 'All mine.',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      updated: [alerts.c!.id],
      skipped: [
        { id: alerts.a!.id, reason: 'acknowledged' },
        { id: alerts.b!.id, reason: 'resolved' },
        { id: NOBODY, reason: 'not_found' },
      ],
    });
    expect((await send(`/${alerts.c!.id}`)).body).toMatchObject({ status: 'acknowledged', note: 'All mine.' });
    const resolved = await post('/resolve', { ids, note: 'Fixed.' });
    expect(resolved.body).toEqual({
      updated: [alerts.a!.id, alerts.c!.id],
      skipped: [
        { id: alerts.b!.id, reason: 'resolved' },
        { id: NOBODY, reason: 'not_found' },
      ],
    });
    expect(await idsOf('/active')).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['no ids', {}, ['ids']],
    ['an empty list', { ids: [] }, ['ids']],
    ['more than 500', { ids: Array.from({ length: 501 }, () => randomUUID()) }, ['ids']],
    ['something that is no id', { ids: [NOBODY, 'x'] }, ['ids']],
    ['no list', { ids: NOBODY }, ['ids']],
    ['a note that is no text', { ids: [NOBODY], note: 5 }, ['note']],
    ['a note that is too long', { ids: [NOBODY], note: 'n'.repeat(2_001) }, ['note']],
    ['a field that there is not', { ids: [NOBODY], by: 'maya' }, ['by']],
  ])('are refused for %s', async (_what, body, fields) => {
    for (const path of ['/acknowledge', '/resolve']) expect(refused(await post(path, body))).toEqual([400, ...fields]);
    const { ids: _ids, ...single } = body as { ids?: unknown };
    if (Object.keys(single).length > 0)
      expect(refused(await post(`/${alerts.a!.id}/acknowledge`, single))).toEqual([400, ...fields]);
  });
});

describe('the history', () => {
  it('is found by status, severity, config and time', async () => {
    expect(await groupsOf('/history')).toEqual(['a', 'b', 'c']);
    expect(await groupsOf('/history?status=resolved&severity=warning')).toEqual(['a', 'b', 'c']);
    expect(await groupsOf('/history?status=firing')).toEqual([]);
    expect(await groupsOf('/history?severity=critical')).toEqual([]);
    expect(await groupsOf(`/history?config_id=${config.id.toUpperCase()}`)).toEqual(['a', 'b', 'c']);
    expect(await groupsOf(`/history?config_id=${NOBODY}`)).toEqual([]);
    const at = alerts.a!.triggered_at;
    const since = await itemsOf(`/history?from=${at}`);
    expect(since.every(({ triggered_at }) => triggered_at >= at)).toBe(true);
    expect(since.map(({ id }) => id)).toContain(alerts.a!.id);
    expect(await idsOf(`/history?to=${at}`)).not.toContain(alerts.a!.id);
  });

  it('has pages, newest first', async () => {
    const all = await itemsOf('/history');
    const first = (await send('/history?limit=2')).body;
    const rest = (await send(`/history?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.items, ...rest.items]).toEqual(all);
    expect(rest.next_cursor).toBeNull();
    const times = all.map(({ triggered_at }) => triggered_at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each([
    ['/history?status=open', 'status'],
    ['/history?severity=high', 'severity'],
    ['/history?config_id=x', 'config_id'],
    ['/history?from=yesterday', 'from'],
    ['/history?to=1763800000', 'to'],
    ['/history?from=2026-11-22T10:00:00', 'from'],
    ['/history?from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z', 'from'],
    ['/history?limit=201', 'limit'],
    ['/history?cursor=x', 'cursor'],
    ['/history?range=24h', 'range'],
    ['/active?state=resolved', 'state'],
    ['/active?limit=0', 'limit'],
    ['/active?cursor=x', 'cursor'],
    ['/active?severity=info', 'severity'],
    ['/stats?range=1y', 'range'],
    ['/stats?from=x', 'from'],
    ['/stats?config_id=x', 'config_id'],
    ['/metrics?name=x', 'name'],
    ['/configs/export?x=1', 'x'],
    ['/silences?state=old', 'state'],
    ['/silences?limit=x', 'limit'],
    ['/silences?cursor=x', 'cursor'],
  ])('refuses %s by name', async (path, field) => {
    expect(refused(await send(path))).toEqual([400, field]);
  });
});

it('tells how alerts were answered', async () => {
  const { status, body } = await send('/stats');
  expect(status).toBe(200);
  const figures = {
    ...{ alerts: 3, acknowledged: 2, resolved: 3, flapping: 0, noise: 0 },
    time_to_acknowledge_seconds: { mean: expect.any(Number), p95: expect.any(Number) },
    time_to_resolve_seconds: { mean: expect.any(Number), p95: expect.any(Number) },
  };
  expect(body).toEqual({
    ...figures,
    per_config: [{ config_id: config.id, config_name: config.name, ...figures }],
    meta: expect.objectContaining({ range: '24h', source: 'raw', stale: false }),
  });
  expect(body.time_to_resolve_seconds.p95).toBeGreaterThanOrEqual(body.time_to_resolve_seconds.mean);
});

describe('a config that changes', () => {
  it('resolves its open alerts where it asks something else, and keeps them where it does not', async () => {
    const rule = aRule({ name: 'edited', filters: { service: 'edited' }, threshold: 2 });
    const { id } = (await create(rule)).body;
    await report('edited', 3);
    const [alert] = await fired(`/history?config_id=${id}`, 1);
    const put = (json: object): Promise<AppAnswer> => send(`/configs/${id}`, { method: 'PUT', json });
    await put({ ...rule, name: 'renamed', severity: 'critical', cooldown_seconds: 600 });
    expect((await send(`/${alert!.id}`)).body).toMatchObject({ status: 'firing', config_name: 'edited' });
    await put({ ...rule, window_seconds: 600 });
    const changed = (await send(`/${alert!.id}`)).body;
    expect(changed).toMatchObject({ status: 'resolved', resolved_by: 'config_changed', resolved_value: 3 });
  });

  it.each([
    ['is switched off', 'PUT', 'config_changed'],
    ['is deleted', 'DELETE', 'config_deleted'],
  ])('and %s resolves its open alerts, which stay in the history', async (what, method, reason) => {
    const rule = aRule({ name: what, filters: { service: what }, threshold: 2 });
    const { id } = (await create(rule)).body;
    await report(what, 3);
    const [alert] = await fired(`/history?config_id=${id}`, 1);
    await send(`/configs/${id}`, { method, ...(method === 'PUT' && { json: { ...rule, enabled: false } }) });
    expect(await itemsOf(`/history?config_id=${id}`)).toEqual([
      expect.objectContaining({ id: alert!.id, status: 'resolved', resolved_by: reason, config_name: what }),
    ]);
    expect((await send(`/configs/${id}/audit`)).status).toBe(200);
  });
});

describe('a silence', () => {
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const aSilence = (overrides: object = {}): object => ({
    matchers: { labels: { team: 'quiet' } },
    ends_at: inHours(1),
    reason: 'Maintenance.',
    ...overrides,
  });

  it('lets alerts be recorded, and nobody be told', async () => {
    const { status, body } = await post('/silences', aSilence());
    expect(status).toBe(201);
    expect(body).toEqual({
      ...{ id: expect.any(String), matchers: { labels: { team: 'quiet' } }, reason: 'Maintenance.', state: 'active' },
      ...{
        starts_at: body.created_at,
        ends_at: expect.any(String),
        created_at: expect.any(String),
        created_by: 'tester',
      },
      ...{ ended_at: null, ended_by: null },
    });
    const rule = aRule({ name: 'quiet', filters: { service: 'quiet' }, threshold: 2, labels: { team: 'quiet' } });
    const { id } = (await create(rule)).body;
    await report('quiet', 3);
    const [alert] = await fired(`/history?config_id=${id}`, 1);
    const { notifications } = (await send(`/${alert!.id}`)).body;
    expect(notifications.length).toBeGreaterThan(0);
    for (const notice of notifications) expect(notice).toMatchObject({ status: 'skipped', reason: 'silenced' });
    const token = await app.token(['admin'], { sub: 'maya' });
    expect((await send(`/silences/${body.id}`, { method: 'DELETE', token })).status).toBe(204);
    const ended = { ...body, state: 'expired', ended_by: 'maya', ended_at: expect.stringMatching(/Z$/) };
    expect((await send('/silences')).body.items).toEqual([ended]);
    expect((await send(`/silences/${body.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await send('/silences?state=expired')).body.items).toEqual([ended]);
    expect((await send(`/silences/${NOBODY}`, { method: 'DELETE' })).status).toBe(404);
  });

  it('is listed newest first, and by its state', async () => {
    const active = (await post('/silences', aSilence({ matchers: { severity: 'info' } }))).body;
    const pending = (await post('/silences', aSilence({ starts_at: inHours(1), ends_at: inHours(2) }))).body;
    expect((await send('/silences')).body).toEqual({
      items: [pending, active, expect.objectContaining({ state: 'expired' })],
      next_cursor: null,
    });
    expect((await send('/silences?state=active')).body.items).toEqual([active]);
    expect((await send('/silences?state=pending')).body.items).toEqual([pending]);
    expect((await send('/silences?state=expired')).body.items).toHaveLength(1);
    expect((await send('/silences?state=scheduled')).status).toBe(400);
    const first = (await send('/silences?limit=1')).body;
    expect((await send(`/silences?limit=1&cursor=${first.next_cursor}`)).body.items).toEqual([active]);
  });

  it('matches by config, severity, metric and labels', async () => {
    const matchers = { config_id: config.id, severity: 'warning', metric: 'errors.count', labels: { team: 'x' } };
    expect((await post('/silences', aSilence({ matchers }))).body.matchers).toEqual(matchers);
    const nulls = { config_id: null, severity: null, metric: 'errors.count', labels: null };
    const sparse = (await post('/silences', aSilence({ matchers: nulls, starts_at: null }))).body;
    expect(sparse).toMatchObject({ matchers: { metric: 'errors.count' }, state: 'active' });
  });

  it.each<[string, object, string[]]>([
    ['no matchers', { matchers: undefined }, ['matchers']],
    ['matchers that are null', { matchers: null }, ['matchers']],
    ['empty matchers', { matchers: {} }, ['matchers']],
    ['matchers that are all null', { matchers: { severity: null, labels: null } }, ['matchers']],
    ['a start that is empty', { starts_at: '' }, ['starts_at']],
    ['labels that name nothing', { matchers: { labels: {} } }, ['matchers']],
    ['a matcher that there is not', { matchers: { name: 'x' } }, ['matchers.name']],
    ['an unknown config', { matchers: { config_id: NOBODY } }, ['matchers.config_id']],
    ['a config id that is none', { matchers: { config_id: 'x' } }, ['matchers.config_id']],
    ['an unknown severity', { matchers: { severity: 'high' } }, ['matchers.severity']],
    ['an unknown metric', { matchers: { metric: 'api.mood' } }, ['matchers.metric']],
    ['a label that is no text', { matchers: { labels: { team: 5 } } }, ['matchers.labels.team']],
    ['labels that are no object', { matchers: { labels: ['x'] } }, ['matchers.labels']],
    ['no end', { ends_at: undefined }, ['ends_at']],
    ['an end that is no instant', { ends_at: 'tomorrow' }, ['ends_at']],
    ['an end that is past', { starts_at: inHours(-2), ends_at: inHours(-1) }, ['ends_at']],
    ['an end before its start', { starts_at: inHours(2) }, ['ends_at']],
    ['an end in two years', { ends_at: inHours(24 * 730) }, ['ends_at']],
    ['a start that is no instant', { starts_at: 5 }, ['starts_at']],
    ['a start without offset', { starts_at: '2026-11-22T10:00:00' }, ['starts_at']],
    ['no reason', { reason: undefined }, ['reason']],
    ['an empty reason', { reason: '' }, ['reason']],
    ['a blank reason', { reason: ' ' }, ['reason']],
    ['a reason that is too long', { reason: 'r'.repeat(2_001) }, ['reason']],
    ['a field that there is not', { comment: 'x' }, ['comment']],
  ])('is refused for %s', async (_what, wrong, fields) => {
    const before = (await send('/silences')).text;
    expect(refused(await post('/silences', aSilence(wrong)))).toEqual([400, ...fields]);
    expect((await send('/silences')).text).toBe(before);
  });
});

describe('somebody who is no admin', () => {
  it.each([
    ['/metrics', 'GET'],
    ['/configs', 'GET'],
    ['/configs', 'POST'],
    ['/configs/export', 'GET'],
    ['/configs/import', 'POST'],
    [`/configs/${NOBODY}`, 'GET'],
    [`/configs/${NOBODY}`, 'PUT'],
    [`/configs/${NOBODY}`, 'DELETE'],
    [`/configs/${NOBODY}/audit`, 'GET'],
    [`/configs/${NOBODY}/test`, 'POST'],
    ['/silences', 'GET'],
    ['/silences', 'POST'],
    [`/silences/${NOBODY}`, 'DELETE'],
    ['/stats', 'GET'],
    [`/${NOBODY}/acknowledge`, 'POST'],
    [`/${NOBODY}/resolve`, 'POST'],
    ['/acknowledge', 'POST'],
    ['/resolve', 'POST'],
  ])('may not %s to %s', async (path, method) => {
    for (const [role, status] of [
      ['business_viewer', 403],
      ['service', 403],
      [[], 403],
    ] as const)
      expect([role, (await send(path, { method, role })).status]).toEqual([role, status]);
    expect((await app.request(`${API}/alerts${path}`, { method })).status).toBe(401);
  });
});
