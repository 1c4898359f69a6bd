import { aRule } from '../alerts/sent-rules.js';
import { until } from '../support/app-process.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';

interface Notification {
  kind: string;
  channel: string;
  status: string;
  reason?: string;
}

let app: StartedApp;

const send = (path: string, request: AppRequest = {}): Promise<AppAnswer> =>
  app.request(`${API}/alerts${path}`, { role: 'admin', ...request });
const inbox = async (id: string): Promise<string[]> =>
  ((await send(`/${id}`)).body.notifications as Notification[])
    .filter(({ channel }) => channel === 'in_app')
    .map(({ kind, status, reason }) => `${kind} ${status}${reason === undefined ? '' : `: ${reason}`}`);

async function activeAlert(configId: string): Promise<string> {
  let id: string | undefined;
  await until(
    async () => {
      const { items } = (await send(`/history?config_id=${configId}`)).body;
      id = items[0]?.id;
      return id !== undefined && (await inbox(id)).includes('firing sent');
    },
    15_000,
    () => 'The alert did not fire.',
  );
  return id!;
}

beforeAll(async () => (app = await startApp({ env: { ALERT_EVALUATION_INTERVAL_SECONDS: '1' } })));
afterAll(() => app.stop());

it('tells the end of an alert once when its silence is ended, although the process was killed in between', async () => {
  const { id: configId } = (await send('/configs', { json: aRule({ threshold: 0, channels: ['in_app'] }) })).body;
  await app.request(`${API}/events`, {
    role: 'service',
    json: { events: [{ event_type: 'error', name: 'Timeout', message: '' }] },
  });
  const alert = await activeAlert(configId);
  const silence = {
    matchers: { config_id: configId },
    ends_at: new Date(Date.now() + 3_600_000).toISOString(),
    reason: 'Maintenance.',
  };
  const { id: silenceId } = (await send('/silences', { json: silence })).body;
  await send(`/${alert}/resolve`, { json: {} });
  expect(await inbox(alert)).toEqual(['firing sent', 'resolved skipped: silenced']);

  await app.kill9();
  await app.startAgain();
  expect((await send(`/silences/${silenceId}`, { method: 'DELETE' })).status).toBe(204);
  await until(
    async () => (await inbox(alert)).includes('resolved sent'),
    15_000,
    () => 'The end of the alert was not told.',
  );

  // An alert that fires later was decided by a later tick: no tick up to there told it again.
  const later = (await send('/configs', { json: aRule({ name: 'later', threshold: 0, channels: ['in_app'] }) })).body;
  await activeAlert(later.id);
  expect(await inbox(alert)).toEqual(['firing sent', 'resolved skipped: silenced', 'resolved sent']);
  expect((await send(`/${alert}`)).body.timeline.map(({ state }: { state: string }) => state)).toEqual([
    'firing',
    'resolved',
    'notified',
  ]);
});
