import { Logger } from '@nestjs/common';
import { FailOpenCache } from './fail-open-cache.js';

class FakeStore {
  readonly kept = new Map<string, unknown>();
  calls = 0;
  mood: 'well' | 'broken' | 'stuck' = 'well';

  async get<T>(key: string): Promise<T | undefined> {
    await this.behave();
    return this.kept.get(key) as T | undefined;
  }
  async set(key: string, value: unknown): Promise<void> {
    await this.behave();
    this.kept.set(key, value);
  }
  async del(key: string): Promise<void> {
    await this.behave();
    this.kept.delete(key);
  }
  private async behave(): Promise<void> {
    this.calls += 1;
    if (this.mood === 'broken') throw new Error('connection lost');
    if (this.mood === 'stuck') await new Promise(() => undefined);
  }
}

beforeAll(() => Logger.overrideLogger(false));

const store = new FakeStore();
const cache = new FailOpenCache(store);

beforeEach(() => {
  jest.useFakeTimers();
  store.mood = 'well';
});
afterEach(() => {
  jest.useRealTimers();
});

it('keeps, gives and forgets', async () => {
  await cache.set('a', { answer: 42 }, 1_000);
  await expect(cache.get('a')).resolves.toEqual({ answer: 42 });
  await cache.delete('a');
  await expect(cache.get('a')).resolves.toBeUndefined();
});

it('does not keep null', async () => {
  await cache.set('nothing', null, 1_000);
  expect(store.kept.has('nothing')).toBe(false);
});

it('turns a broken store into misses, and leaves it alone for a second', async () => {
  const quick = new FailOpenCache(store);
  await quick.set('a', 1, 1_000);
  store.mood = 'broken';
  await expect(quick.get('a')).resolves.toBeUndefined();
  const calls = store.calls;
  await expect(quick.get('a')).resolves.toBeUndefined();
  await quick.set('a', 2, 1_000);
  await quick.delete('a');
  expect(store.calls).toBe(calls);
  store.mood = 'well';
  await jest.advanceTimersByTimeAsync(1_000);
  await expect(quick.get('a')).resolves.toBe(1);
});

it('gives a stuck store up within 100 ms', async () => {
  const patient = new FailOpenCache(store);
  store.mood = 'stuck';
  const answer = patient.get('a');
  await jest.advanceTimersByTimeAsync(100);
  await expect(answer).resolves.toBeUndefined();
});

it.each<[string, () => Promise<never>]>([
  ['broken', () => Promise.reject(new Error('connection lost'))],
  ['stuck', () => new Promise(() => undefined)],
])('lets everybody do the work while what they share is %s', async (_how, fail) => {
  const shared = { claims: { take: fail, release: fail }, close: async () => undefined };
  const failing = new FailOpenCache(store, shared);
  const claims = [failing.claim('work', 1_000), failing.claim('work', 1_000)];
  await jest.advanceTimersByTimeAsync(100);
  const [one, other] = await Promise.all(claims);
  expect([one, other]).not.toContain(undefined);
  await jest.advanceTimersByTimeAsync(1_000);
  const ended = Promise.all([one?.renew(), other?.release()]);
  await jest.advanceTimersByTimeAsync(100);
  await expect(ended).resolves.toBeDefined();
});
