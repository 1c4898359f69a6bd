import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Cache as Store } from 'cache-manager';
import { within } from '../deadline/index.js';
import { Cache } from './cache.js';

/** What an answer may lose to a cache that is stuck. */
const OPERATION_TIMEOUT_MS = 75;
/** After a failure the store is left alone for a while: only one answer in this time pays for trying. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
const QUIET_MS = 30_000;

/** A store behind which failures and waiting end. */
export class FailOpenCache extends Cache implements OnApplicationShutdown {
  private readonly log = new Logger('Cache');
  private pausedUntil = 0;
  private quietUntil = 0;

  constructor(
    private readonly store: Pick<Store, 'get' | 'set' | 'del'>,
    private readonly close: () => Promise<void> = async () => undefined,
  ) {
    super();
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.attempt('read', () => this.store.get<T>(key));
  }

  async set(key: string, value: unknown, ttlMs: number): Promise<void> {
    if (value === undefined || value === null) return;
    await this.attempt('write', () => this.store.set(key, value, ttlMs));
  }

  async delete(key: string): Promise<void> {
    await this.attempt('delete', () => this.store.del(key));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.pausedUntil) return undefined;
    try {
      return await within(OPERATION_TIMEOUT_MS, `The cache's ${what}`, work());
    } catch (error) {
      this.pause(what, error);
      return undefined;
    }
  }

  private pause(what: string, error: unknown): void {
    const now = performance.now();
    this.pausedUntil = now + PAUSE_AFTER_FAILURE_MS;
    if (now < this.quietUntil) return;
    this.quietUntil = now + QUIET_MS;
    this.log.warn(`The cache could not ${what}; answers are computed anew until it is back: ${String(error)}`);
  }
}
