import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { ComponentHealth, type ComponentState } from '../probes/index.js';
import { Cache } from './cache.js';

const TRIAL_KEY = 'health-trial';
const TRIAL_TTL_MS = 10_000;

/** Shows the cache in `/health/overview`. It never fails, so whether it works is seen by keeping something in it. */
@Injectable()
export class CacheHealth implements OnModuleInit {
  /** Processes that share a Redis do not overwrite each other's. */
  private readonly instance = randomUUID();

  constructor(
    private readonly cache: Cache,
    private readonly health: ComponentHealth,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'cache', check: () => this.check() });
  }

  private async check(): Promise<ComponentState> {
    const { degradedResponseMs } = this.config.health;
    const startedAt = performance.now();
    // Another value each time: what is left of the look before says nothing.
    const value = randomUUID();
    const key = `${TRIAL_KEY}:${this.instance}`;
    await this.cache.set(key, value, TRIAL_TTL_MS);
    const isKept = (await this.cache.get(key)) === value;
    const ms = Math.round(performance.now() - startedAt);
    if (!isKept)
      return {
        status: 'down',
        detail: 'It keeps nothing, so every answer is computed anew: it is away, or refuses writes.',
      };
    return {
      status: ms > degradedResponseMs ? 'degraded' : 'healthy',
      detail: `${this.config.redis.url ? 'Redis' : 'The memory of this process'} answered in ${ms} ms (limit ${degradedResponseMs} ms).`,
    };
  }
}
