import { AppProcess, until } from '../support/app-process.js';
import { hasRedis, openTestRedis, type TestRedis } from '../support/redis.js';
import { twilioAnswers } from './http-provider.js';
import { notice } from './notices.js';
import { Providers } from './providers.js';
import { createNotificationRig, type NotificationRig } from './rig.js';

/** More in `npm run soak`. */
const DELIVERIES = Number(process.env.NOTIFY_CRASH_DELIVERIES ?? 60);
const KILLS = Number(process.env.NOTIFY_CRASH_KILLS ?? 2);
/** A killed worker's deliveries are free after its provider's time and 4 s, and looked for every 5 s. */
const ARRIVED_WITHIN_MS = 30_000 + DELIVERIES * 60;
const PROVIDER_MS = 20;

const all = new Providers();
const { twilio } = all;

beforeAll(() => all.start());
afterEach(() => all.reset());
afterAll(() => all.stop());

const phoneOf = (n: number): string => `+1415555${String(1_000 + n)}`;
const arrivals = (): string[] => twilio.received.map(({ body }) => new URLSearchParams(body).get('To')!);

/** So many people, each with a phone and nothing else. */
async function subscribe(rig: NotificationRig, people: number): Promise<void> {
  for (let n = 0; n < people; n += 1) {
    await rig.save(`user:u${n}`, { phone: phoneOf(n), channels: { critical: ['sms'] } });
  }
}

it(
  `reaches each of ${DELIVERIES} phones while its worker is killed ${KILLS} times, and marks what may have arrived twice`,
  async () => {
    const environment = all.environment({ NOTIFY_PROVIDER_TIMEOUT_MS: '1000', ALERT_SMS_TO: '' });
    const rig = await createNotificationRig({ ...environment, APP_ROLE: 'api' });
    twilio.usual = (response) => void setTimeout(() => twilioAnswers.ok(response), PROVIDER_MS);
    const startWorker = (): AppProcess =>
      new AppProcess('src/main.js', {
        ...environment,
        APP_ROLE: 'worker',
        DATABASE_URL: rig.database.url,
        JWT_SECRET: 'secret',
        PORT: '0',
      });
    let worker = startWorker();
    try {
      await subscribe(rig, DELIVERIES);
      await rig.send(notice({ config: { channels: ['sms'] } }));
      for (let kill = 0; kill < KILLS; kill += 1) {
        const enough = ((kill + Math.random()) / KILLS) * DELIVERIES;
        await until(
          () => new Set(arrivals()).size > enough,
          ARRIVED_WITHIN_MS,
          () => `No SMS.\n${worker.output}`,
        );
        worker.signal('SIGKILL');
        await worker.ended;
        worker = startWorker();
      }
      const isDone = async (): Promise<boolean> => (await rig.deliveries(`status = 'pending'`)).length === 0;
      await until(isDone, ARRIVED_WITHIN_MS, () => `Deliveries are pending.\n${worker.output}`);
      const rows = await rig.deliveries(`channel = 'sms'`);
      expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: DELIVERIES }, () => 'sent'));
      const counts = new Map<string, number>();
      for (const phone of arrivals()) counts.set(phone, (counts.get(phone) ?? 0) + 1);
      expect(counts.size).toBe(DELIVERIES);
      const twice = [...counts].filter(([, count]) => count > 1).map(([phone]) => phone);
      const marked = rows.filter((row) => row.possible_duplicate).map(({ address }) => address);
      expect(marked).toEqual(expect.arrayContaining(twice));
      process.stderr.write(`${KILLS} kills: ${twice.length} arrived twice, ${marked.length} marked as possible.\n`);
    } finally {
      worker.signal('SIGKILL');
      await worker.ended;
      await rig.stop();
    }
  },
  ARRIVED_WITHIN_MS * (KILLS + 2),
);

(hasRedis ? describe : describe.skip)('on Redis', () => {
  let redis: TestRedis;
  let rig: NotificationRig;

  beforeAll(async () => {
    redis = await openTestRedis();
    rig = await createNotificationRig(all.environment({ REDIS_URL: redis.url }));
  });

  afterAll(async () => {
    await rig?.stop();
    await redis?.stop();
  });

  it('all that was pending arrives after Redis lost everything', async () => {
    await subscribe(rig, 40);
    await all.twilio.stop();
    await rig.send(notice({ config: { channels: ['sms'] } }));
    await until(async () => (await rig.deliveries('attempts > 0')).length > 0, 10_000);
    await redis.deleteKeys('');
    await all.twilio.start();
    // What was queued is taken to be lost after 10 s.
    rig.clock.advanceTo(new Date(rig.clock.now().getTime() + 11_000));
    await rig.notifier.wake();
    const rows = await rig.settled();
    expect(rows.filter(({ channel }) => channel === 'sms').every(({ status }) => status === 'sent')).toBe(true);
    expect(new Set(arrivals()).size).toBe(41);
  });
});
