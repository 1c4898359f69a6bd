/**
 * Answers that may be a little old. A cache may forget anything at any time, and it never fails: what is broken or
 * slow is a miss. Values must survive JSON.
 */
export abstract class Cache {
  abstract get<T>(key: string): Promise<T | undefined>;
  /** `undefined` and `null` are not kept. */
  abstract set(key: string, value: unknown, ttlMs: number): Promise<void>;
  abstract delete(key: string): Promise<void>;
  /**
   * Whether the caller is the one, of all processes that share this cache, to do what `key` names: until somebody
   * deletes the key, or for `ttlMs`. Everybody is where nothing is shared, or while the cache is away.
   */
  abstract claim(key: string, ttlMs: number): Promise<boolean>;
}
