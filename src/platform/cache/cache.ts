/**
 * Answers that may be a little old. A cache may forget anything at any time, and it never fails: what is broken or
 * slow is a miss. Values must survive JSON.
 */
export abstract class Cache {
  abstract get<T>(key: string): Promise<T | undefined>;
  /** `undefined` and `null` are not kept. */
  abstract set(key: string, value: unknown, ttlMs: number): Promise<void>;
  abstract delete(key: string): Promise<void>;
}
