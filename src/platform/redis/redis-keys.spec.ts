import { RedisKeys } from './redis-keys.js';
import { RedisModule } from './redis.module.js';

const keysOf = (keyPrefix: string | undefined, identity: string): RedisKeys => {
  const { providers } = RedisModule.forRoot({ keyPrefix }, { identity });
  return (providers?.[0] as { useValue: RedisKeys }).useValue;
};

it('names the database, so that two of them can share a Redis', () => {
  expect(keysOf(undefined, 'shop-1').prefixOf('queue')).toBe('analytics-shop-1:queue');
  expect(keysOf(undefined, 'shop-2').prefixOf('cache')).toBe('analytics-shop-2:cache');
});

it('is what the operator says', () => {
  expect(keysOf('shop', 'shop-1').prefixOf('rate-limit')).toBe('shop:rate-limit');
});
