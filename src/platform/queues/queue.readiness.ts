import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadinessCheck, ReadinessRegistry } from '../probes/index.js';
import { JobQueue } from './job-queue.js';
import { QUEUE_NAMES } from './queue-names.js';

/** Ready means that jobs can be counted and queued. */
@Injectable()
export class QueueReadiness extends ReadinessCheck implements OnModuleInit {
  readonly name = 'queue';

  constructor(
    private readonly queue: JobQueue,
    private readonly registry: ReadinessRegistry,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.register(this);
  }

  async check(): Promise<void> {
    await this.queue.depth(QUEUE_NAMES[0]!);
    await this.queue.checkWritable();
  }
}
