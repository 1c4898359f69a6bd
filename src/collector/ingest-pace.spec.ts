import { Counter, Registry } from 'prom-client';
import { loadConfig } from '../platform/config/index.js';
import { Logger } from '../platform/logging/index.js';
import { IngestPace, shareOfTime } from './ingest-pace.js';
import type { RollupBacklog, RollupBacklogRepository } from './store/rollup-backlog.repository.js';

const NOW = new Date('2026-11-22T10:00:00Z');
const FROM_SECONDS = 60;

function shareWith(backlog: Partial<RollupBacklog>): number {
  const lastRolledUpAt = new Date(NOW.getTime() - 5_000);
  return shareOfTime({ lagSeconds: 300, lastRolledUpAt, isCatchingUp: false, ...backlog }, NOW, FROM_SECONDS);
}

it.each([
  [0, 1],
  [60, 1],
  [80, 0.55],
  [100, 0.1],
  [3_600, 0.1],
])('leaves commits at a lag of %d s the share %d of the time', (lagSeconds, share) => {
  expect(shareWith({ lagSeconds })).toBeCloseTo(share, 9);
});

it.each<[string, Partial<RollupBacklog>]>([
  ['no worker ever rolled anything up', { lastRolledUpAt: null }],
  ['the worker is gone', { lastRolledUpAt: new Date(NOW.getTime() - 60_000) }],
  ['older minutes wait as well: a backfill, or an outage', { isCatchingUp: true }],
])('slows nothing when %s', (_, backlog) => {
  expect(shareWith(backlog)).toBe(1);
});

describe('a pace that is asked', () => {
  const LOOKS_MS = 2_000;
  const COMMIT_MS = 100;
  const behind = (lagSeconds: number): RollupBacklog => ({
    lagSeconds,
    lastRolledUpAt: new Date(NOW.getTime() - 5_000),
    isCatchingUp: false,
  });
  let at: () => Promise<RollupBacklog>;
  let counter: Counter;
  let pace: IngestPace;

  beforeEach(() => {
    jest.useFakeTimers();
    at = async () => behind(300);
    counter = new Counter({ name: 'paused_seconds_total', help: 'Paused.', registers: [new Registry()] });
  });

  afterEach(async () => {
    await pace.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  async function start(environment = {}): Promise<void> {
    const backlogs = { at: () => at() } as unknown as RollupBacklogRepository;
    const clock = { now: () => NOW };
    const log = Logger.create('error', () => undefined);
    pace = new IngestPace(backlogs, clock, log, counter, loadConfig(environment));
    pace.onApplicationBootstrap();
    expect(await nextPauseMs()).toBe(0);
  }

  /** After it has looked once more. */
  async function nextPauseMs(): Promise<number> {
    const pauseMs = pace.pauseMs(COMMIT_MS);
    await jest.advanceTimersByTimeAsync(LOOKS_MS);
    return pauseMs;
  }

  it('pauses nine times a commit when it is far behind, counts it, and no more once the lag is gone', async () => {
    await start();
    expect(await nextPauseMs()).toBeCloseTo(9 * COMMIT_MS, 6);
    expect((await counter.get()).values).toMatchObject([{ value: expect.closeTo(0.9, 6) }]);
    at = async () => behind(0);
    await nextPauseMs();
    expect(await nextPauseMs()).toBe(0);
  });

  it('never pauses for longer than 2 s', async () => {
    await start();
    expect(pace.pauseMs(5_000)).toBe(2_000);
  });

  it('holds nothing back while the database does not say how far behind it is', async () => {
    await start();
    at = () => Promise.reject(new Error('the database is gone'));
    await nextPauseMs();
    expect(await nextPauseMs()).toBe(0);
  });

  it('writes what waits at full speed at the end', async () => {
    await start();
    await pace.beforeApplicationShutdown();
    expect(pace.pauseMs(COMMIT_MS)).toBe(0);
  });

  it('does nothing when it is turned off', async () => {
    await start({ INGEST_SLOW_FROM_LAG_SECONDS: '0' });
    expect(await nextPauseMs()).toBe(0);
  });
});
