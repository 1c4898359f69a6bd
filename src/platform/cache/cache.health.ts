import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { ComponentHealth, type ComponentState } from '../probes/index.js';
import { Cache } from './cache.js';

const TRIAL_KEY = 'health-trial';
const TRIAL_TTL_MS = 10_000;

/** Shows the cache in `/health/overview`. It never fails, so whether it works is seen by keeping something in it. */
@Injectable()
export class CacheHealth implements OnModuleInit {
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
    await this.cache.set(TRIAL_KEY, 1, TRIAL_TTL_MS);
    const isKept = (await this.cache.get(TRIAL_KEY)) !== undefined;
    const ms = Math.round(performance.now() - startedAt);
    if (!isKept) return { status: 'down', detail: 'It keeps nothing: every answer is computed anew.' };
    return {
      status: ms > degradedResponseMs ? 'degraded' : 'healthy',
      detail: `${this.config.redis.url ? 'Redis' : 'The memory of this process'} answered in ${ms} ms (limit ${degradedResponseMs} ms).`,
    };
  }
}
