import { Load } from '../support/load.js';
import { figuresOf } from '../support/load-events.js';
import { LoadTarget } from '../support/load-target.js';
import { until } from '../support/app-process.js';
import { itInSoak } from '../support/soak.js';

/** A restart takes 2 s on an idle machine and 15 s on a crowded one. */
const TEST_TIMEOUT_MS = 600_000;
const DATABASE_TOO = 3;
const PROGRESS_MS = 30_000;
const OUTAGES = 2;

let target: LoadTarget;
let load: Load;

beforeEach(async () => {
  target = await LoadTarget.start();
  load = new Load({ url: target.url, token: target.token });
}, TEST_TIMEOUT_MS);

afterEach(async () => {
  await load.abandon();
  await target.remove();
}, TEST_TIMEOUT_MS);

/** Lets the load go on until so many more events are acknowledged. */
async function acknowledgedMore(events: number): Promise<void> {
  const goal = load.acknowledged.length + events;
  await until(
    () => load.acknowledged.length >= goal,
    PROGRESS_MS,
    () => `The load does not get on: ${JSON.stringify(load.refusals.at(-1))}\n${target.app.logs()}`,
  );
}

async function killDatabase(): Promise<void> {
  const pid = await target.postmaster();
  // Signal 9 to "0" would end this test run instead.
  if (pid === 0) throw new Error('There is no database to kill.');
  process.kill(pid, 'SIGKILL');
}

async function expectEverythingOnce(): Promise<void> {
  await load.finish();
  const acknowledged = load.acknowledged.length;
  expect(await target.audit(load)).toEqual({ acknowledged, missing: 0, twice: 0, unknown: 0 });
  expect(await target.figures()).toMatchObject(figuresOf(load.acknowledged));
}

/** A multiple of DATABASE_TOO; `npm run soak` sets more. */
const ROUNDS = Number(process.env.CHAOS_ROUNDS ?? DATABASE_TOO);

it(
  `keeps every acknowledged event, once, when it is killed ${ROUNDS} times in a row under load`,
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      // Never at the same moment of a commit.
      await acknowledgedMore(200 + round * 17);
      // Now and then the power goes out for the database as well.
      if (round % DATABASE_TOO === 0) await killDatabase();
      await target.app.kill9();
      await target.restart();
    }
    await expectEverythingOnce();
    await target.rolledUp();
    const figures = await target.figures();
    expect(figures).toMatchObject(figuresOf(load.acknowledged));
    expect(figures.sources).toEqual(['rollup', 'rollup']);
    expect(load.brokenRequests).toBeGreaterThan(ROUNDS);
  },
  TEST_TIMEOUT_MS,
);

itInSoak(
  'answers 503 while the database is killed under load, loses nothing and resumes by itself',
  async () => {
    for (let round = 1; round <= OUTAGES; round++) {
      await acknowledgedMore(300);
      const refusedBefore = load.refusals.length;
      await killDatabase();
      await until(() => load.refusals.length > refusedBefore, PROGRESS_MS);
      await acknowledgedMore(100);
    }
    await expectEverythingOnce();
    for (const refusal of load.refusals) {
      expect(refusal).toMatchObject({
        status: 503,
        contentType: expect.stringContaining('application/problem+json') as string,
      });
      expect(Number(refusal.retryAfter)).toBeGreaterThanOrEqual(1);
    }
  },
  TEST_TIMEOUT_MS,
);
