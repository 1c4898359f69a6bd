import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { ComponentHealth, type ComponentState } from '../probes/index.js';
import { JobQueue } from './job-queue.js';
import { QUEUE_NAMES } from './queue-names.js';

/** Shows the queues in `/health/overview`: whether they take jobs, how fast jobs can be counted, and how many wait in the fullest one. */
@Injectable()
export class QueueHealth implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly health: ComponentHealth,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'queue', check: () => this.check() });
  }

  private async check(): Promise<ComponentState> {
    const { degradedResponseMs, degradedQueueWaiting } = this.config.health;
    const refusal = await this.queue.checkWritable().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (refusal !== undefined) return { status: 'down', detail: `It takes no jobs: ${refusal.slice(0, 200)}` };
    const startedAt = performance.now();
    const depths = await Promise.all(QUEUE_NAMES.map(async (name) => ({ name, ...(await this.queue.depth(name)) })));
    const ms = Math.round(performance.now() - startedAt);
    const failed = depths.reduce((total, depth) => total + depth.failed, 0);
    const fullest = depths.reduce((most, depth) => (depth.waiting > most.waiting ? depth : most));
    return {
      status: fullest.waiting >= degradedQueueWaiting || ms > degradedResponseMs ? 'degraded' : 'healthy',
      detail:
        `It answered in ${ms} ms (limit ${degradedResponseMs} ms); most jobs wait in ${fullest.name}: ${fullest.waiting} ` +
        `(limit ${degradedQueueWaiting}); ${failed} failed within 7 days.`,
    };
  }
}
