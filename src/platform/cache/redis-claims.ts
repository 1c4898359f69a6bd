import type { RedisClient } from '../redis/index.js';

/** As scripts: between a look and what follows from it, a claim may run out and be taken. */
const TAKE_IF_FREE_OR_OWN = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE_IF_OWN = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** Claims that all processes see. */
export class RedisClaims {
  constructor(
    private readonly client: RedisClient,
    private readonly prefix: string,
  ) {}

  /** Takes what is free, and keeps for longer what is the owner's. @returns false when it is somebody else's */
  async take(key: string, owner: string, ttlMs: number): Promise<boolean> {
    const options = { keys: [this.keyOf(key)], arguments: [owner, String(ttlMs)] };
    return (await this.client.eval(TAKE_IF_FREE_OR_OWN, options)) === 1;
  }

  async release(key: string, owner: string): Promise<void> {
    await this.client.eval(RELEASE_IF_OWN, { keys: [this.keyOf(key)], arguments: [owner] });
  }

  private keyOf(key: string): string {
    return `${this.prefix}:${key}`;
  }
}
