import { randomUUID } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Cache as Store } from 'cache-manager';
import { FailOpen } from '../deadline/index.js';
import { Cache, type Claim } from './cache.js';
import type { RedisClaims } from './redis-claims.js';

/** What a store does that other processes see as well. */
export interface SharedStore {
  readonly claims: Pick<RedisClaims, 'take' | 'release'>;
  close(): Promise<void>;
}

const UNSHARED: Claim = { renew: async () => undefined, release: async () => undefined };

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

  async claim(key: string, ttlMs: number): Promise<Claim | undefined> {
    if (!this.shared) return UNSHARED;
    const { claims } = this.shared;
    const owner = randomUUID();
    const attempt = (what: string): Promise<boolean | undefined> =>
      this.patience.attempt(what, () => claims.take(key, owner, ttlMs));
    if ((await attempt('claim')) === false) return undefined;
    return {
      renew: async () => {
        await attempt('renew');
      },
      release: () => this.patience.attempt('release', () => claims.release(key, owner)),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.shared?.close();
  }
}
