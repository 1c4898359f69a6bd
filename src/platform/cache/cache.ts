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
   * Makes the caller the one, of all processes that share this cache, to do what `key` names: until it is released, or
   * for `ttlMs`. Everybody is where nothing is shared, or while the cache is away.
   * @returns undefined when somebody else has it
   */
  abstract claim(key: string, ttlMs: number): Promise<Claim | undefined>;
}

/** It may run out and be somebody else's, which neither of these changes. */
export interface Claim {
  /** For as long as at first, from now; also when it ran out and nobody has it since. */
  renew(): Promise<void>;
  release(): Promise<void>;
}
