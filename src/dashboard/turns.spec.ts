import type { Cache } from '../platform/cache/index.js';
import { Turns } from './turns.js';

const STANDS_MS = 2_000;

type Claims = Pick<Cache, 'claim'> & { isLost: boolean };

/** What claims stand; who has lost it fails open. */
class Shared {
  private readonly standing = new Map<string, { owner: object; until: number }>();

  open(): Claims {
    const { standing } = this;
    return {
      isLost: false,
      async claim(key, ttlMs) {
        const owner = {};
        const take = (): boolean => {
          if (this.isLost) return true;
          const known = standing.get(key);
          if (known && known.owner !== owner && known.until > performance.now()) return false;
          standing.set(key, { owner, until: performance.now() + ttlMs });
          return true;
        };
        if (!take()) return undefined;
        return {
          renew: async () => void take(),
          release: async () => {
            if (!this.isLost && standing.get(key)?.owner === owner) standing.delete(key);
          },
        };
      },
    };
  }
}

let one: Claims;
let other: Claims;

beforeEach(() => {
  jest.useFakeTimers();
  const shared = new Shared();
  one = shared.open();
  other = shared.open();
});

afterEach(() => {
  jest.useRealTimers();
});

async function taken(cache: Claims): Promise<boolean> {
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

it('leaves alone what another process took over after it was lost', async () => {
  const turn = await new Turns(one).take('work');
  one.isLost = true;
  await jest.advanceTimersByTimeAsync(STANDS_MS);
  expect(await taken(other)).toBe(true);
  one.isLost = false;
  await turn?.end();
  expect(await taken(one)).toBe(false);
});
