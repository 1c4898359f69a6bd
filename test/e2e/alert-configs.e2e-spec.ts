import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';

let app: StartedApp;
// The engine has no part in this: its first tick is a minute away.
beforeAll(async () => (app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '60' } })));
afterAll(() => app.stop());
beforeEach(async () => {
  expect((await importing({ configs: [] }, '?mode=replace')).status).toBe(200);
});

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}/alerts${path}`, { role: 'admin', ...request });
const create = (rule: object): Promise<AppAnswer> => send('/configs', { json: rule });
const importing = (json: unknown, query = ''): Promise<AppAnswer> => send(`/configs/import${query}`, { json });
const put = (id: string, json: object, headers: Record<string, string> = {}): Promise<AppAnswer> =>
  send(`/configs/${id}`, { method: 'PUT', json, headers });

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** The least that makes a rule. */
const aRule = (overrides: object = {}): Record<string, unknown> => ({
  name: 'Many errors',
  metric: 'errors.count',
  condition: 'threshold_above',
  threshold: 10,
  severity: 'warning',
  ...overrides,
});
const ANOMALY = { condition: 'anomaly', threshold: 3, window_seconds: 3_600 };

const EVERYTHING = aRule({
  name: 'Everything',
  description: 'All that there is.',
  metric: 'api.error_rate',
  filters: { method: 'GET' },
  group_by: 'route',
  threshold: 0.05,
  recovery_threshold: 0.03,
  severity: 'critical',
  window_seconds: 600,
  for_seconds: 120,
  cooldown_seconds: 900,
  renotify_seconds: 3_600,
  evaluation_delay_seconds: 30,
  min_samples: 20,
  no_data: 'keep',
  on_error: 'alert',
  channels: ['in_app', 'sms'],
  recipients: { users: ['maya'], teams: ['platform'] },
  runbook_url: 'https://runbooks.example/api',
  labels: { team: 'platform', area: 'api' },
  enabled: false,
});

/** The status, and the fields that the refusal names. */
const refused = ({ status, body }: AppAnswer): unknown[] => [
  status,
  ...new Set((body.errors ?? []).map(({ path }: { path: string }) => path)),
];

describe('a config', () => {
  it('is answered with every field, the defaults among them', async () => {
    const { status, body, headers } = await create(aRule());
    expect([status, headers.get('etag')]).toEqual([201, '"1"']);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      ...aRule(),
      description: null,
      filters: {},
      group_by: null,
      recovery_threshold: null,
      window_seconds: 300,
      for_seconds: 0,
      cooldown_seconds: 300,
      renotify_seconds: null,
      evaluation_delay_seconds: 0,
      min_samples: 0,
      no_data: 'ok',
      on_error: 'keep',
      channels: null,
      recipients: null,
      runbook_url: null,
      labels: {},
      enabled: true,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
      created_by: 'tester',
      warnings: expect.any(Array),
    });
    expect((await send(`/configs/${body.id}`)).body).toEqual(body);
  });

  it('keeps every field as it was sent', async () => {
    const { body } = await create(EVERYTHING);
    expect(body).toMatchObject(EVERYTHING);
    expect((await send(`/configs/${body.id}`)).body).toMatchObject(EVERYTHING);
  });

  it('asks for one event where its metric is no count or sum', async () => {
    expect((await create(aRule({ metric: 'api.latency_p95' }))).body.min_samples).toBe(1);
  });

  it('may be sent back as it was read', async () => {
    const { body } = await create(EVERYTHING);
    expect((await put(body.id, body)).body).toEqual(body);
  });

  it('folds the name of a collection as the events are folded', async () => {
    const { body } = await create(aRule({ metric: 'business.units', filters: { collection: 'Black Rose' } }));
    expect(body.filters).toEqual({ collection: 'black-rose' });
  });

  it('is replaced whole: what is left out takes its default', async () => {
    const { body } = await create(EVERYTHING);
    const replaced = await put(body.id, aRule({ name: 'Everything' }));
    expect([replaced.status, replaced.headers.get('etag')]).toEqual([200, '"2"']);
    expect(replaced.body).toMatchObject({
      ...{ id: body.id, version: 2, created_at: body.created_at, channels: null, enabled: true },
      ...{ labels: {}, filters: {}, group_by: null, min_samples: 0 },
    });
  });

  it('keeps its version where nothing changes', async () => {
    const { body } = await create(aRule());
    const again = await put(body.id, aRule());
    expect(again.body).toEqual(body);
    expect((await send(`/configs/${body.id}/audit`)).body.items).toHaveLength(1);
  });

  it('is deleted once', async () => {
    const { body } = await create(aRule());
    const gone = await send(`/configs/${body.id}`, { method: 'DELETE' });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await send(`/configs/${body.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await send(`/configs/${body.id}`)).status).toBe(404);
  });

  it('is listed newest first, page by page', async () => {
    for (const name of ['a', 'b', 'c']) await create(aRule({ name }));
    const first = (await send('/configs?limit=2')).body;
    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['c', 'b']);
    const rest = (await send(`/configs?limit=2&cursor=${first.next_cursor}`)).body;
    expect(rest).toMatchObject({ items: [{ name: 'a' }], next_cursor: null });
  });
});

describe('a name', () => {
  it('belongs to one config', async () => {
    await create(aRule());
    const second = await create(aRule({ threshold: 20 }));
    expect([second.status, second.body.type]).toEqual([409, 'urn:problem-type:conflict']);
    const { body } = await create(aRule({ name: 'Another' }));
    expect((await put(body.id, aRule())).status).toBe(409);
    expect((await send(`/configs/${body.id}`)).body).toEqual(body);
  });

  it('is free again once its config is deleted', async () => {
    const { body } = await create(aRule());
    await send(`/configs/${body.id}`, { method: 'DELETE' });
    expect((await create(aRule())).status).toBe(201);
  });
});

describe('If-Match', () => {
  it.each(['"1"', '1', '*', '"9", "1"'])('lets an edit through that saw the version: %s', async (header) => {
    const { body } = await create(aRule());
    expect((await put(body.id, aRule({ threshold: 11 }), { 'if-match': header })).status).toBe(200);
  });

  it.each(['"2"', '"0"', '""', 'W/"1"', 'x'])('refuses an edit that saw another version: %s', async (header) => {
    const { body } = await create(aRule());
    const stale = await put(body.id, aRule({ threshold: 11 }), { 'if-match': header });
    expect([stale.status, stale.body.type]).toEqual([412, 'urn:problem-type:stale-version']);
    expect(stale.body.detail).toContain('version 1');
    const gone = await send(`/configs/${body.id}`, { method: 'DELETE', headers: { 'if-match': header } });
    expect(gone.status).toBe(412);
    expect((await send(`/configs/${body.id}`)).body).toEqual(body);
  });

  it('lets one of two win who saw the same version', async () => {
    const { body } = await create(aRule());
    const edits = [11, 12, 13, 14].map((threshold) => put(body.id, aRule({ threshold }), { 'if-match': '"1"' }));
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 412, 412, 412]);
  });
});

describe('the audit of a config', () => {
  it('tells who did what, from what to what, newest first', async () => {
    const { body: made } = await create(aRule());
    const other = await app.token(['admin'], { sub: 'maya' });
    await send(`/configs/${made.id}`, { method: 'PUT', json: aRule({ threshold: 20 }), token: other });
    await send(`/configs/${made.id}`, { method: 'DELETE' });
    const { items, next_cursor } = (await send(`/configs/${made.id}/audit`)).body;
    const { warnings, ...first } = made;
    const second = { ...first, version: 2, threshold: 20, updated_at: expect.any(String) };
    expect({ warnings, next_cursor }).toEqual({ warnings: expect.any(Array), next_cursor: null });
    expect(items).toEqual([
      { at: expect.any(String), by: 'tester', action: 'deleted', before: second, after: null },
      { at: expect.any(String), by: 'maya', action: 'updated', before: first, after: second },
      { at: first.created_at, by: 'tester', action: 'created', before: null, after: first },
    ]);
  });

  it('has pages, and none of a config that never was', async () => {
    const { body } = await create(aRule());
    for (const threshold of [11, 12]) await put(body.id, aRule({ threshold }));
    const first = (await send(`/configs/${body.id}/audit?limit=2`)).body;
    const rest = (await send(`/configs/${body.id}/audit?limit=2&cursor=${first.next_cursor}`)).body;
    const versions = [...first.items, ...rest.items].map(({ after }: { after: { version: number } }) => after.version);
    expect(versions).toEqual([3, 2, 1]);
    expect((await send(`/configs/${NOBODY}/audit`)).status).toBe(404);
  });
});

/** What is wrong with a config, and the fields that the refusal names. */
const WRONG: [string, object, string[]][] = [
  ['no name', { name: undefined }, ['name']],
  ['an empty name', { name: '' }, ['name']],
  ['a blank name', { name: '  ' }, ['name']],
  ['a name that is too long', { name: 'n'.repeat(201) }, ['name']],
  ['a name that is no text', { name: 5 }, ['name']],
  ['a description that is too long', { description: 'd'.repeat(2_001) }, ['description']],
  ['no metric', { metric: undefined }, ['metric']],
  ['a metric that is none', { metric: 'api.mood' }, ['metric']],
  ['no condition', { condition: undefined }, ['condition']],
  ['a condition that is none', { condition: 'above' }, ['condition']],
  ['no threshold', { threshold: undefined }, ['threshold']],
  ['a threshold that is null', { threshold: null }, ['threshold']],
  ['a threshold that is no number', { threshold: '10' }, ['threshold']],
  ['a threshold beyond all amounts', { threshold: 1e16 }, ['threshold']],
  ['a rate above 1', { metric: 'api.error_rate', threshold: 5 }, ['threshold']],
  ['a rate below 0', { metric: 'ml.success_rate', condition: 'threshold_below', threshold: -0.1 }, ['threshold']],
  ['a change of 0', { condition: 'rate_of_change', threshold: 0 }, ['threshold']],
  ['a score of 0', { ...ANOMALY, threshold: 0 }, ['threshold']],
  ['a score below 0', { ...ANOMALY, threshold: -3 }, ['threshold']],
  ['no severity', { severity: undefined }, ['severity']],
  ['a severity that is none', { severity: 'high' }, ['severity']],
  ['filters that are no object', { filters: ['x'] }, ['filters']],
  ['a filter that is no dimension', { filters: { colour: 'red' } }, ['filters.colour']],
  ['a filter of another metric', { filters: { route: '/x' } }, ['filters.route']],
  ['a filter without value', { filters: { service: '' } }, ['filters.service']],
  ['a filter that is no text', { filters: { service: 1 } }, ['filters.service']],
  ['a filter of a value that cannot be', { metric: 'ml.job_count', filters: { pipeline: '4d' } }, ['filters.pipeline']],
  ['a group that is no dimension', { group_by: 'colour' }, ['group_by']],
  ['a group that is no text', { group_by: ['service'] }, ['group_by']],
  ['recovery on the firing side', { recovery_threshold: 11 }, ['recovery_threshold']],
  ['recovery below', { condition: 'threshold_below', recovery_threshold: 9 }, ['recovery_threshold']],
  [
    'recovery of a rise above it',
    { condition: 'rate_of_change', threshold: 0.5, recovery_threshold: 0.6 },
    ['recovery_threshold'],
  ],
  [
    'recovery of a fall below it',
    { condition: 'rate_of_change', threshold: -0.5, recovery_threshold: -0.6 },
    ['recovery_threshold'],
  ],
  ['recovery of a score above it', { ...ANOMALY, recovery_threshold: 4 }, ['recovery_threshold']],
  ['recovery below a score of 0', { ...ANOMALY, recovery_threshold: -1 }, ['recovery_threshold']],
  [
    'recovery of a rate above 1',
    { metric: 'api.error_rate', condition: 'threshold_below', threshold: 0.5, recovery_threshold: 1.5 },
    ['recovery_threshold'],
  ],
  ['recovery that is no number', { recovery_threshold: 'x' }, ['recovery_threshold']],
  ['a window below a minute', { window_seconds: 59 }, ['window_seconds']],
  ['a window above a day', { window_seconds: 86_401 }, ['window_seconds']],
  ['half a second of window', { window_seconds: 60.5 }, ['window_seconds']],
  ['a score over half an hour', { ...ANOMALY, window_seconds: 1_800 }, ['window_seconds']],
  ['a score over the default window', { ...ANOMALY, window_seconds: undefined }, ['window_seconds']],
  ['for below 0', { for_seconds: -1 }, ['for_seconds']],
  ['for above a day', { for_seconds: 86_401 }, ['for_seconds']],
  ['a cooldown below 0', { cooldown_seconds: -1 }, ['cooldown_seconds']],
  ['a cooldown of more than 30 days', { cooldown_seconds: 2_592_001 }, ['cooldown_seconds']],
  ['a repetition without pause', { renotify_seconds: 0 }, ['renotify_seconds']],
  ['a delay below 0', { evaluation_delay_seconds: -1 }, ['evaluation_delay_seconds']],
  ['a delay above a day', { evaluation_delay_seconds: 86_401 }, ['evaluation_delay_seconds']],
  ['fewer samples than none', { min_samples: -1 }, ['min_samples']],
  ['samples that are no number', { min_samples: '1' }, ['min_samples']],
  ['a policy for no data that is none', { no_data: 'panic' }, ['no_data']],
  ['a policy for errors that is none', { on_error: 'ok' }, ['on_error']],
  ['a channel that is none', { channels: ['pager'] }, ['channels']],
  ['a channel twice', { channels: ['sms', 'sms'] }, ['channels']],
  ['channels that are no list', { channels: 'sms' }, ['channels']],
  ['recipients that are no object', { recipients: ['maya'] }, ['recipients', 'recipients[0]']],
  ['recipients of another kind', { recipients: { groups: [] } }, ['recipients.groups']],
  ['users that are no list', { recipients: { users: 'maya' } }, ['recipients.users']],
  ['a user without id', { recipients: { users: [''] } }, ['recipients.users']],
  ['a team that is no text', { recipients: { teams: [1] } }, ['recipients.teams']],
  ['a runbook that is no address', { runbook_url: 'the wiki' }, ['runbook_url']],
  ['a runbook that is not https', { runbook_url: 'http://wiki.example' }, ['runbook_url']],
  ['a runbook that is a script', { runbook_url: 'javascript:alert(1)' }, ['runbook_url']],
  ['labels that are no object', { labels: ['x'] }, ['labels']],
  ['a label that is no text', { labels: { team: 1 } }, ['labels.team']],
  ['enabled that is no boolean', { enabled: 'yes' }, ['enabled']],
  ['a field that there is not', { treshold: 5 }, ['treshold']],
  ['two mistakes at once', { severity: 'high', window_seconds: 1 }, ['severity', 'window_seconds']],
];

describe('a config is refused, and the refusal names the field,', () => {
  it.each(WRONG)('for %s', async (_what, wrong, fields) => {
    const { body: good } = await create(aRule());
    const bad = aRule({ name: 'bad', ...wrong });
    expect(refused(await create(bad))).toEqual([400, ...fields]);
    expect(refused(await put(good.id, bad))).toEqual([400, ...fields]);
    const file = await importing({ configs: [aRule({ threshold: 99 }), bad] }, '?mode=replace');
    expect(refused(file)).toEqual([400, ...fields.map((field) => `configs[1].${field}`)]);
    expect((await send('/configs')).body.items).toEqual([good]);
  });

  it.each([['[]'], ['null'], ['"x"'], ['{'], ['']])('for a body of %s', async (body) => {
    const answer = await send('/configs', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(400);
  });
});
