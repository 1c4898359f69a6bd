import type { OnApplicationShutdown } from '@nestjs/common';
import type { Cache as Store } from 'cache-manager';
import { FailOpen } from '../deadline/index.js';
import { Cache } from './cache.js';

/** What a store does that other processes see as well. */
export interface SharedStore {
  /** False: somebody else has the key. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A store behind which failures and waiting end. */
export class FailOpenCache extends Cache implements OnApplicationShutdown {
  private readonly patience: FailOpen;

  constructor(
    private readonly store: Pick<Store, 'get' | 'set' | 'del'>,
    private readonly shared?: SharedStore,
    onFailure?: (operation: string) => void,
  ) {
    super();
    this.patience = new FailOpen('Cache', 'answers are computed anew', onFailure);
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.patience.attempt('read', () => this.store.get<T>(key));
  }

  async set(key: string, value: unknown, ttlMs: number): Promise<void> {
    if (value === undefined || value === null) return;
    await this.patience.attempt('write', () => this.store.set(key, value, ttlMs));
  }

  async delete(key: string): Promise<void> {
    await this.patience.attempt('delete', () => this.store.del(key));
  }

  async claim(key: string, ttlMs: number): Promise<boolean> {
    const { shared } = this;
    if (!shared) return true;
    return (await this.patience.attempt('claim', () => shared.claim(key, ttlMs))) ?? true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.shared?.close();
  }
}
