import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { aRule, EVERYTHING, WRONG } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
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

describe('an export', () => {
  const STARTER: { configs: object[] } = JSON.parse(
    readFileSync(path.resolve(__dirname, '../../ops/alert-configs.json'), 'utf8'),
  );
  const exported = async (): Promise<string> => (await send('/configs/export')).text;

  it('is empty where there is nothing', async () => {
    expect(JSON.parse(await exported())).toEqual({ schema: 1, configs: [] });
  });

  it('of everything, imported into an empty system, is exported as it was', async () => {
    const rules = [aRule({ name: 'ß' }), EVERYTHING, aRule({ name: 'B', labels: { z: '1', a: '2' }, channels: [] })];
    await importing({ configs: [...rules, ...STARTER.configs] });
    const before = await exported();
    expect(JSON.parse(before).configs).toHaveLength(3 + STARTER.configs.length);
    expect(before).not.toMatch(/"(id|version|created_at|updated_at|created_by|warnings)"/);
    await importing({ configs: [] }, '?mode=replace');
    expect(JSON.parse(await exported()).configs).toEqual([]);
    expect((await importing(JSON.parse(before))).status).toBe(200);
    expect(await exported()).toBe(before);
  });

  it('is by name', async () => {
    await importing({ configs: ['b', 'a', 'C'].map((name) => aRule({ name })) });
    expect(JSON.parse(await exported()).configs.map(({ name }: { name: string }) => name)).toEqual(['C', 'a', 'b']);
  });

  it('of the starter set has nothing to warn of but channels that are not set up', async () => {
    expect((await importing(STARTER)).body.created).toHaveLength(STARTER.configs.length);
    const { items } = (await send('/configs?limit=200')).body;
    const warnings: string[] = items.flatMap(({ warnings }: { warnings: string[] }) => warnings);
    // A fall to nothing shows as a change of −100 % once; what follows it is for a rule of its own.
    const known = /^Nobody receives|has no rate of change after a window with 0/;
    expect(warnings.filter((warning) => !known.test(warning))).toEqual([]);
  });
});

describe('an import', () => {
  const names = async (): Promise<string[]> =>
    (await send('/configs')).body.items.map(({ name }: { name: string }) => name).sort();
  beforeEach(() => importing({ schema: 1, configs: [aRule({ name: 'kept' }), aRule({ name: 'old' })] }));

  it('merges by name: adds, changes, keeps the rest, and says what it did', async () => {
    const { status, body } = await importing({
      configs: [aRule({ name: 'kept' }), aRule({ name: 'old', threshold: 1 }), aRule({ name: 'new' })],
    });
    expect(status).toBe(200);
    const done = { created: ['new'], updated: ['old'], unchanged: ['kept'], deleted: [] };
    expect(body).toEqual({ mode: 'merge', dry_run: false, ...done });
    expect(await names()).toEqual(['kept', 'new', 'old']);
  });

  it('keeps id and version of what it does not change, and the id of what it does', async () => {
    const before = (await send('/configs')).body.items;
    await importing({ configs: [aRule({ name: 'kept' }), aRule({ name: 'old', threshold: 1 })] });
    const after = (await send('/configs')).body.items;
    const byName = (items: { name: string }[], name: string): object => items.find((item) => item.name === name) ?? {};
    expect(byName(after, 'kept')).toEqual(byName(before, 'kept'));
    expect(byName(after, 'old')).toMatchObject({
      ...byName(before, 'old'),
      version: 2,
      threshold: 1,
      updated_at: expect.any(String),
    });
  });

  it('leaves a config that it does not name, unless it replaces', async () => {
    const file = { configs: [aRule({ name: 'kept' })] };
    expect((await importing(file)).body.deleted).toEqual([]);
    expect(await names()).toEqual(['kept', 'old']);
    expect((await importing(file, '?mode=replace')).body).toMatchObject({ unchanged: ['kept'], deleted: ['old'] });
    expect(await names()).toEqual(['kept']);
  });

  it('is audited like an edit', async () => {
    const { items } = (await send('/configs')).body;
    await importing({ configs: [aRule({ name: 'kept', threshold: 1 })] }, '?mode=replace');
    const actions = items.map(async ({ id, name }: { id: string; name: string }) => {
      const { body } = await send(`/configs/${id}/audit`);
      return [name, body.items[0].action, body.items[0].before.threshold, body.items[0].after?.threshold];
    });
    expect((await Promise.all(actions)).sort()).toEqual([
      ['kept', 'updated', 10, 1],
      ['old', 'deleted', 10, undefined],
    ]);
  });

  it('only tells what it would do when it is dry', async () => {
    const before = (await send('/configs')).body;
    const { body } = await importing({ configs: [aRule({ name: 'new' })] }, '?mode=replace&dry_run=true');
    const would = { created: ['new'], updated: [], unchanged: [], deleted: ['kept', 'old'] };
    expect(body).toEqual({ mode: 'replace', dry_run: true, ...would });
    expect((await send('/configs')).body).toEqual(before);
  });

  it('ignores what the service adds to a config', async () => {
    const { items } = (await send('/configs')).body;
    const { body } = await importing({ configs: items });
    expect(body).toMatchObject({ created: [], updated: [], deleted: [], unchanged: expect.arrayContaining(['kept']) });
  });

  it('takes turns with others, and with edits', async () => {
    const { items } = (await send('/configs')).body;
    const rounds = Array.from({ length: 12 }, (_, round) => [
      importing({ configs: [aRule({ name: 'kept', threshold: round }), aRule({ name: 'old', threshold: round })] }),
      ...items.map(({ id, name }: { id: string; name: string }) => put(id, aRule({ name, threshold: 100 + round }))),
    ]);
    const statuses = (await Promise.all(rounds.flat())).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it.each<[string, unknown, string, string[]]>([
    ['no configs', {}, '', ['configs']],
    ['configs that are null', { configs: null }, '', ['configs']],
    ['configs that are no list', { configs: aRule() }, '', ['configs']],
    ['a config that is no object', { configs: [aRule(), 'x'] }, '', ['configs[1]']],
    ['a name twice', { configs: [aRule(), aRule(), aRule({ name: 'x' })] }, '', ['configs[1].name']],
    ['another schema', { schema: 2, configs: [] }, '', ['schema']],
    ['a field that there is not', { configs: [], version: 1 }, '', ['version']],
    ['a mode that there is not', { configs: [] }, '?mode=append', ['mode']],
    ['a trial that is neither', { configs: [] }, '?dry_run=maybe', ['dry_run']],
    ['a parameter that there is not', { configs: [] }, '?force=true', ['force']],
    [
      'several mistakes in several configs',
      { configs: [aRule({ metric: 'x' }), aRule({ name: 'b', filters: { a: 'b' } })] },
      '?mode=replace',
      ['configs[0].metric', 'configs[1].filters.a'],
    ],
  ])('changes nothing, and names the field, for %s', async (_what, file, query, fields) => {
    const before = (await send('/configs')).body;
    expect(refused(await importing(file, query))).toEqual([400, ...fields]);
    expect((await send('/configs')).body).toEqual(before);
  });
});

describe('a list of configs', () => {
  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?cursor=x', 'cursor'],
    ['?severity=info', 'severity'],
  ])('refuses %s', async (query, field) => {
    expect(refused(await send(`/configs${query}`))).toEqual([400, field]);
  });

  it.each([
    ['/configs/x', 'GET'],
    ['/configs/x', 'PUT'],
    ['/configs/x', 'DELETE'],
    ['/configs/x/audit', 'GET'],
    ['/configs/x/test', 'POST'],
  ])('has no %s to %s: that is no id', async (path, method) => {
    expect(refused(await send(path, { method, ...(method === 'PUT' && { json: aRule() }) }))).toEqual([400, 'id']);
  });

  it.each([
    [`/configs/${NOBODY}`, 'GET'],
    [`/configs/${NOBODY}`, 'PUT'],
    [`/configs/${NOBODY}`, 'DELETE'],
    [`/configs/${NOBODY}/test`, 'POST'],
  ])('has no %s to %s', async (path, method) => {
    expect((await send(path, { method, ...(method === 'PUT' && { json: aRule() }) })).status).toBe(404);
  });
});

describe('a test notification', () => {
  it('goes where the config’s notices go, and makes no alert', async () => {
    const { body } = await create(aRule({ name: 'tested', severity: 'info' }));
    const sent = await send(`/configs/${body.id}/test`, { method: 'POST' });
    expect([sent.status, sent.body]).toEqual([
      200,
      { notifications: [{ channel: 'in_app', target: expect.any(String), status: 'pending' }] },
    ]);
    expect((await send(`/history?config_id=${body.id}`)).body.items).toEqual([]);
    const database = new DataSource({ type: 'postgres', url: await app.databaseUrl() });
    await database.initialize();
    const inbox = (): Promise<object[]> =>
      database.query('SELECT alert_id, title FROM in_app_notifications WHERE alert_id IS NULL');
    await until(
      async () => (await inbox()).length === 1,
      10_000,
      () => 'The test did not arrive.',
    );
    expect(await inbox()).toEqual([{ alert_id: null, title: expect.stringMatching(/test/i) }]);
    await database.destroy();
  });

  it('says which channel is not set up', async () => {
    const { body } = await create(aRule({ name: 'by SMS', channels: ['sms'], severity: 'critical' }));
    const sent = await send(`/configs/${body.id}/test`, { method: 'POST' });
    expect(sent.body.notifications).toEqual([
      expect.objectContaining({ channel: 'sms', status: 'skipped', reason: 'not configured' }),
    ]);
    expect(body.warnings).toEqual([expect.stringContaining('by sms')]);
  });
});
