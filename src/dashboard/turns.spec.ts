import { Cache } from '../platform/cache/index.js';
import { Turns } from './turns.js';

const STANDS_MS = 2_000;

/** Keys with the end of their time; while it is lost, every operation fails open. */
class Shared {
  private readonly until = new Map<string, number>();

  open(): Cache & { isLost: boolean } {
    const { until } = this;
    const isThere = (key: string): boolean => (until.get(key) ?? 0) > performance.now();
    return {
      isLost: false,
      async get() {
        return undefined;
      },
      async set(key, _value, ttlMs) {
        if (!this.isLost) until.set(key, performance.now() + ttlMs);
      },
      async delete(key) {
        if (!this.isLost) until.delete(key);
      },
      async claim(key, ttlMs) {
        if (this.isLost) return true;
        if (isThere(key)) return false;
        until.set(key, performance.now() + ttlMs);
        return true;
      },
    };
  }
}

let one: Cache & { isLost: boolean };
let other: Cache;

beforeEach(() => {
  jest.useFakeTimers();
  const shared = new Shared();
  one = shared.open();
  other = shared.open();
});

afterEach(() => {
  jest.useRealTimers();
});

async function taken(cache: Cache): Promise<boolean> {
  return (await new Turns(cache).take('work')) !== undefined;
}

it('has one at a time, and the next when that one is done', async () => {
  const turn = await new Turns(one).take('work');
  expect(await taken(other)).toBe(false);
  await turn?.end();
  expect(await taken(other)).toBe(true);
});

it('lasts as long as the work', async () => {
  const turn = await new Turns(one).take('work');
  await jest.advanceTimersByTimeAsync(3 * STANDS_MS);
  expect(await taken(other)).toBe(false);
  await turn?.end();
  await jest.advanceTimersByTimeAsync(STANDS_MS);
  expect(await taken(other)).toBe(true);
});

it('is over soon when its process has lost the cache and cannot give it back', async () => {
  const turn = await new Turns(one).take('work');
  one.isLost = true;
  await turn?.end();
  expect(await taken(other)).toBe(false);
  await jest.advanceTimersByTimeAsync(STANDS_MS);
  expect(await taken(other)).toBe(true);
});
