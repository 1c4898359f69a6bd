import { aRule } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';

interface Message {
  id: string;
  title: string;
  read_at: string | null;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const DEFAULT_CHANNELS = {
  info: ['in_app'],
  warning: ['in_app', 'email', 'slack'],
  critical: ['in_app', 'email', 'slack', 'sms'],
};

let app: StartedApp;
let config: { id: string };

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}/notifications${path}`, { role: 'admin', ...request });
const viewer = (sub: string, teams: readonly string[] = []): Promise<string> =>
  app.token(['business_viewer'], { sub, teams });
const preferencesOf = (user: string, request: AppRequest = {}): Promise<AppAnswer> =>
  send(`/preferences/users/${user}`, request);
const save = (user: string, json: object, request: AppRequest = {}): Promise<AppAnswer> =>
  preferencesOf(user, { method: 'PUT', json, ...request });
const inboxOf = async (token: string, query = ''): Promise<Message[]> =>
  (await send(`${query === '' ? '' : '?'}${query}`, { token })).body.items;
const countOf = async (token: string): Promise<number> => (await send('/unread-count', { token })).body.count;

/** The status, and the fields that the refusal names. */
const refused = ({ status, body }: AppAnswer): unknown[] => [
  status,
  ...new Set((body.errors ?? []).map(({ path }: { path: string }) => path)),
];

/** Sends the test notice of the config, and waits until it is in the inbox of somebody. */
async function told(token: string): Promise<void> {
  const before = (await inboxOf(token)).length;
  const { status } = await app.request(`${API}/alerts/configs/${config.id}/test`, { method: 'POST', role: 'admin' });
  expect(status).toBe(200);
  await until(async () => (await inboxOf(token)).length > before, 10_000);
}

beforeAll(async () => {
  app = await startApp();
  config = (await app.request(`${API}/alerts/configs`, { role: 'admin', json: aRule({ severity: 'info' }) })).body;
});
afterAll(() => app.stop());

describe('the inbox', () => {
  it('shows every admin what is for all, and everybody what is for them and their teams', async () => {
    await save('ann', {});
    await send('/preferences/teams/growth', { method: 'PUT', json: {} });
    const admin = await app.token(['admin'], { sub: 'root' });
    const [ann, member, stranger] = await Promise.all([viewer('ann'), viewer('bob', ['growth']), viewer('eve')]);
    await told(admin);
    for (const token of [admin, ann, member]) {
      await until(async () => (await inboxOf(token)).length === 1, 10_000);
      expect(await inboxOf(token)).toEqual([
        {
          id: expect.any(String),
          alert_id: null,
          severity: 'info',
          title: expect.stringMatching(/^\[Test\] \[INFO\] Firing: /),
          body: expect.stringMatching(/^This is a test/),
          created_at: expect.stringMatching(/Z$/),
          read_at: null,
        },
      ]);
    }
    expect(await inboxOf(stranger)).toEqual([]);
  });

  it('keeps what each reader has read, and counts the rest', async () => {
    const [first, second] = await Promise.all([
      app.token(['admin'], { sub: 'a1' }),
      app.token(['admin'], { sub: 'a2' }),
    ]);
    await told(first);
    const [message] = await inboxOf(first);
    expect([await countOf(first), await countOf(second)]).toEqual([2, 2]);
    expect((await send(`/${message!.id}/read`, { method: 'POST', token: first })).status).toBe(204);
    expect((await send(`/${message!.id}/read`, { method: 'POST', token: first })).status).toBe(204);
    expect([await countOf(first), await countOf(second)]).toEqual([1, 2]);
    const unread = (await inboxOf(first, 'unread=true')).map(({ id }) => id);
    expect(unread).not.toContain(message!.id);
    expect((await send('/read-all', { method: 'POST', token: first })).status).toBe(204);
    expect([await countOf(first), await countOf(second)]).toEqual([0, 2]);
    expect((await inboxOf(first)).every(({ read_at: readAt }) => readAt !== null)).toBe(true);
  });

  it('comes in pages, newest first', async () => {
    const admin = await app.token(['admin'], { sub: 'reader' });
    await told(admin);
    const all = await inboxOf(admin);
    const page = (await send('?limit=1', { token: admin })).body;
    expect(page.items).toEqual(all.slice(0, 1));
    expect(await inboxOf(admin, `limit=200&cursor=${page.next_cursor}`)).toEqual(all.slice(1));
  });

  it('hides the messages of others', async () => {
    const [message] = await inboxOf(await viewer('ann'));
    const answer = await send(`/${message!.id}/read`, { method: 'POST', token: await viewer('eve') });
    expect(answer.status).toBe(404);
    expect((await send(`/${NOBODY}/read`, { method: 'POST' })).status).toBe(404);
  });

  it('refuses what it does not know', async () => {
    expect(refused(await send('?unread=yes'))).toEqual([400, 'unread']);
    expect(refused(await send('?limit=201'))).toEqual([400, 'limit']);
    expect(refused(await send('?cursor=none'))).toEqual([400, 'cursor']);
    expect(refused(await send('?colour=red'))).toEqual([400, 'colour']);
    expect(refused(await send('/first/read', { method: 'POST' }))).toEqual([400, 'id']);
  });
});

describe('preferences', () => {
  const full = {
    email: 'maya@example.com',
    phone: '+14155550100',
    slack_webhook_url: 'https://198.51.100.7.example/services/T0/B0/x',
    channels: { info: [], warning: ['email'], critical: ['sms', 'email'] },
    quiet_hours: { start: '22:00', end: '07:00', time_zone: 'Europe/Berlin', days: ['mon', 'sun'] },
    scope: 'business',
    enabled: false,
  };

  it('are the defaults until somebody saves some', async () => {
    const unsaved = { email: null, phone: null, slack_webhook_url: null, quiet_hours: null, enabled: true };
    const own = await preferencesOf('zoe', { token: await viewer('zoe') });
    expect([own.status, own.body]).toEqual([200, { ...unsaved, channels: DEFAULT_CHANNELS, scope: 'business' }]);
    expect((await preferencesOf('zoe')).body.scope).toBe('all');
  });

  it('are kept as they were sent, and replaced whole', async () => {
    expect((await save('maya', full)).body).toEqual(full);
    expect((await preferencesOf('maya', { token: await viewer('maya') })).body).toEqual(full);
    await save('maya', { email: 'm@example.com', channels: { info: ['sms'] } });
    expect((await preferencesOf('maya')).body).toEqual({
      ...{ email: 'm@example.com', phone: null, slack_webhook_url: null, quiet_hours: null, enabled: true },
      ...{ channels: { ...DEFAULT_CHANNELS, info: ['sms'] }, scope: 'all' },
    });
  });

  it('belong to teams as well, which admins look after', async () => {
    const answer = await send('/preferences/teams/platform', { method: 'PUT', json: { email: 'team@example.com' } });
    expect([answer.status, answer.body.email]).toEqual([200, 'team@example.com']);
    expect((await send('/preferences/teams/platform')).body.email).toBe('team@example.com');
    for (const request of [{}, { method: 'PUT', json: {} }]) {
      const token = await viewer('bob', ['platform']);
      expect((await send('/preferences/teams/platform', { token, ...request })).status).toBe(403);
    }
  });

  it('are somebody’s own', async () => {
    const token = await viewer('bob');
    expect((await preferencesOf('maya', { token })).status).toBe(403);
    expect((await save('maya', {}, { token })).status).toBe(403);
    expect((await save('bob', { email: 'bob@example.com' }, { token })).body.scope).toBe('business');
  });

  it('have the scope that an admin gave', async () => {
    const token = await viewer('kim');
    expect((await save('kim', { scope: 'all' }, { token })).status).toBe(403);
    expect((await preferencesOf('kim')).body.email).toBeNull();
    await save('kim', { scope: 'all' });
    const kept = await save('kim', { scope: 'all', email: 'kim@example.com' }, { token });
    expect([kept.status, kept.body.scope]).toEqual([200, 'all']);
  });

  it.each<[object, string]>([
    [{ email: 'maya' }, 'email'],
    [{ email: 'a@example.com\nBcc: b@example.com' }, 'email'],
    [{ email: 'a@example.com, b@example.com' }, 'email'],
    [{ phone: '0151 2345' }, 'phone'],
    [{ slack_webhook_url: 'http://hooks.slack.com/x' }, 'slack_webhook_url'],
    [{ slack_webhook_url: 'hooks' }, 'slack_webhook_url'],
    [{ slack_webhook_url: 'https://me:secret@hooks.slack.com/x' }, 'slack_webhook_url'],
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '[::1]',
      '[fd00::1]',
      '[::ffff:10.0.0.1]',
      'localhost',
      '0x7f.1',
    ].map((host): [object, string] => [{ slack_webhook_url: `https://${host}/x` }, 'slack_webhook_url']),
    [{ channels: { info: ['pigeon'] } }, 'channels.info'],
    [{ channels: { info: ['sms', 'sms'] } }, 'channels.info'],
    [{ channels: { fatal: ['sms'] } }, 'channels.fatal'],
    [{ channels: 'sms' }, 'channels'],
    [{ quiet_hours: { start: '22', end: '07:00', time_zone: 'UTC' } }, 'quiet_hours.start'],
    [{ quiet_hours: { start: '22:00', end: '24:00', time_zone: 'UTC' } }, 'quiet_hours.end'],
    [{ quiet_hours: { start: '22:00', end: '22:00', time_zone: 'UTC' } }, 'quiet_hours.end'],
    [{ quiet_hours: { start: '22:00', end: '07:00', time_zone: 'Berlin' } }, 'quiet_hours.time_zone'],
    [{ quiet_hours: { start: '22:00', end: '07:00', time_zone: 'UTC', days: ['monday'] } }, 'quiet_hours.days'],
    [{ quiet_hours: { start: '22:00', end: '07:00', time_zone: 'UTC', days: [] } }, 'quiet_hours.days'],
    [{ scope: 'health' }, 'scope'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ pager: '1' }, 'pager'],
  ])('are refused as %j, and nothing changes', async (json, field) => {
    await save('pat', { email: 'pat@example.com' });
    const before = (await preferencesOf('pat')).body;
    expect(refused(await save('pat', json))).toEqual([400, field]);
    expect((await preferencesOf('pat')).body).toEqual(before);
  });
});

describe('deliveries and promises', () => {
  it('lists what was sent, newest first', async () => {
    const { status, body } = await send('/deliveries?channel=in_app&status=sent&limit=1');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      expect.objectContaining({ channel: 'in_app', status: 'sent', kind: 'firing', severity: 'info', attempts: 1 }),
    ]);
    const next = await send(`/deliveries?cursor=${body.next_cursor}&limit=1`);
    expect(next.body.items[0].id < body.items[0].id).toBe(true);
    expect((await send(`/deliveries?alert_id=${NOBODY}`)).body).toEqual({ items: [], next_cursor: null });
  });

  it('measures critical notices against 30 s and warnings against 5 min', async () => {
    const { status, body } = await send('/slo?range=1h');
    expect([status, body.meta.range, body.meta.source, body.meta.stale]).toEqual([200, '1h', 'raw', false]);
    const targets = body.objectives.map((one: Record<string, unknown>) => [one.severity, one.target_seconds]);
    expect(targets).toEqual([
      ['critical', 30],
      ['warning', 300],
    ]);
    expect(body.objectives[0]).toMatchObject({ deliveries: 0, share_within: null, p95_seconds: null, by_channel: [] });
  });

  it('shows no address in full', async () => {
    const channels = { critical: ['email', 'sms'] };
    await save('max', { email: 'maximilian@example.com', phone: '+14155550177', channels });
    const json = aRule({ name: 'masked', severity: 'critical', recipients: { users: ['max'], teams: [] } });
    const rule = (await app.request(`${API}/alerts/configs`, { role: 'admin', json })).body;
    await app.request(`${API}/alerts/configs/${rule.id}/test`, { method: 'POST', role: 'admin' });
    const { body } = await send('/deliveries?limit=200');
    const shown = body.items.map(({ channel, target }: Record<string, string>) => [channel, target]);
    expect(shown).toContainEqual(['email', 'm***@example.com']);
    expect(shown).toContainEqual(['sms', '+14*******77']);
    expect(JSON.stringify(body)).not.toMatch(/maximilian|4155550177/);
  });

  it('refuses what it does not know', async () => {
    expect(refused(await send('/deliveries?status=lost'))).toEqual([400, 'status']);
    expect(refused(await send('/deliveries?channel=fax'))).toEqual([400, 'channel']);
    expect(refused(await send('/deliveries?alert_id=1'))).toEqual([400, 'alert_id']);
    expect(refused(await send('/deliveries?cursor=x'))).toEqual([400, 'cursor']);
    expect(refused(await send('/slo?range=1y'))).toEqual([400, 'range']);
  });
});

it.each([
  ['GET', '', 'service'],
  ['GET', '/unread-count', 'service'],
  ['POST', '/read-all', 'service'],
  ['POST', `/${NOBODY}/read`, 'service'],
  ['GET', '/preferences/users/tester', 'service'],
  ['PUT', '/preferences/users/tester', 'service'],
  ['GET', '/preferences/teams/platform', 'business_viewer'],
  ['GET', '/deliveries', 'business_viewer'],
  ['GET', '/slo', 'business_viewer'],
])('%s /notifications%s is not for the role %s', async (method, path, role) => {
  expect((await send(path, { method, role, ...(method === 'PUT' && { json: {} }) })).status).toBe(403);
  expect((await app.request(`${API}/notifications${path}`, { method })).status).toBe(401);
});
