import { DeliveryRepository } from '../../src/notifications/store/delivery.repository.js';
import { AppProcess, until } from '../support/app-process.js';
import { hasRedis, openTestRedis, type TestRedis } from '../support/redis.js';
import { twilioAnswers } from './http-provider.js';
import { notice } from './notices.js';
import { Providers } from './providers.js';
import { createNotificationRig, type DeliveryRow, type NotificationRig } from './rig.js';

/** More in `npm run soak`. */
const DELIVERIES = Number(process.env.NOTIFY_CRASH_DELIVERIES ?? 40);
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

describe('by e-mail', () => {
  const MAILS = 12;
  /** A killed worker's mails are free after 9 s; a busy machine starts a worker in as many. */
  const MAILED_WITHIN_MS = 90_000;
  const environment = (): NodeJS.ProcessEnv =>
    all.environment({ NOTIFY_PROVIDER_TIMEOUT_MS: '5000', ALERT_EMAIL_TO: '' });
  const mailOf = (n: number): string => `u${n}@example.com`;
  let rig: NotificationRig;
  let worker: AppProcess | undefined;

  const startWorker = (): AppProcess =>
    new AppProcess('src/main.js', {
      ...environment(),
      ...{ APP_ROLE: 'worker', DATABASE_URL: rig.database.url, JWT_SECRET: 'secret', PORT: '0' },
    });
  const kill = async (): Promise<void> => {
    worker?.signal('SIGKILL');
    await worker?.ended;
    worker = undefined;
  };
  const arrivalsOf = (address: string): number => all.mail.received.filter(({ to }) => to[0] === address).length;
  const allSent = async (): Promise<DeliveryRow[]> => {
    const isDone = async (): Promise<boolean> => (await rig.deliveries(`status = 'pending'`)).length === 0;
    await until(isDone, MAILED_WITHIN_MS, () => `Deliveries are pending.\n${worker?.output}`);
    return rig.deliveries(`channel = 'email'`);
  };

  beforeEach(async () => {
    rig = await createNotificationRig({ ...environment(), APP_ROLE: 'api' });
    for (let n = 0; n < MAILS; n += 1)
      await rig.save(`user:u${n}`, { email: mailOf(n), channels: { critical: ['email'] } });
  });

  afterEach(async () => {
    await kill();
    await rig.stop();
  });

  it(
    'every mail is tried, and arrives, although workers are killed while they send',
    async () => {
      all.mail.acceptMs = 300;
      await rig.send(notice({ config: { channels: ['email'] } }));
      for (let kills = 1; kills <= KILLS; kills += 1) {
        worker = startWorker();
        const enough = all.mail.received.length + 1;
        await until(
          () => all.mail.received.length >= enough,
          MAILED_WITHIN_MS,
          () => `No mail.\n${worker?.output}`,
        );
        await kill();
      }
      worker = startWorker();
      const rows = await allSent();
      expect(rows.map(({ address, status }) => [address, status]).sort()).toEqual(
        Array.from({ length: MAILS }, (_, n) => [mailOf(n), 'sent']).sort(),
      );
      for (const { address, attempts, possible_duplicate: isMarked } of rows) {
        const arrivals = arrivalsOf(address);
        expect(arrivals).toBeGreaterThanOrEqual(1);
        expect(attempts).toBeGreaterThanOrEqual(arrivals);
        // What is not marked was tried once, and arrived once.
        if (!isMarked) expect([attempts, arrivals]).toEqual([1, 1]);
      }
    },
    MAILED_WITHIN_MS * (KILLS + 2),
  );

  it(
    'a worker that claims a mail and dies before it calls the provider uses up no attempt',
    async () => {
      await rig.send(notice({ config: { channels: ['email'] } }));
      const claims = rig.app.get(DeliveryRepository, { strict: false });
      for (const { id } of await rig.deliveries(`channel = 'email'`)) {
        for (let deaths = 0; deaths < 10; deaths += 1) {
          expect(await claims.claim(id, rig.clock.now(), -1)).toMatchObject({ id });
        }
      }
      all.mail.next.push(...Array.from({ length: MAILS }, () => 451));
      worker = startWorker();
      for (const row of await allSent()) {
        expect(row).toMatchObject({ status: 'sent', possible_duplicate: false });
        expect(row.attempts).toBe(arrivalsOf(row.address));
      }
    },
    MAILED_WITHIN_MS * 2,
  );
});

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
