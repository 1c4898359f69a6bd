import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { PROCESSES, type JobDefinition, type JobProcessor } from './job.js';
import type { QueueName } from './queue-names.js';
import { registrationProblems, type ProcessorOf } from './registration.js';
import type { Schedule } from './schedule/schedule.js';

/** What one feature asks of the queues; see `QueuesModule.forFeature`. */
export class QueueFeature {
  constructor(
    readonly jobs: readonly JobDefinition[],
    readonly schedules: readonly Schedule[],
  ) {}
}

/** Knows the processor of every job. The application does not start while one is missing. */
@Injectable()
export class ProcessorRegistry implements OnModuleInit {
  private processors: readonly ProcessorOf[] = [];
  private features: readonly QueueFeature[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    const instances = this.discovery.getProviders().map(({ instance }: { instance: unknown }) => instance);
    this.features = instances.filter((instance) => instance instanceof QueueFeature);
    this.processors = instances.flatMap((instance) => processorsIn(instance));

    const jobs = this.features.flatMap((feature) => feature.jobs);
    const problems = registrationProblems({ jobs, schedules: this.schedules, processors: this.processors });
    if (problems.length > 0) throw new Error(`The jobs are not complete:\n- ${problems.join('\n- ')}`);
  }

  get schedules(): readonly Schedule[] {
    return this.features.flatMap((feature) => feature.schedules);
  }

  processorOf(queue: QueueName, jobName: string): JobProcessor | undefined {
    return this.processors.find(({ job }) => job.queue === queue && job.name === jobName)?.processor;
  }
}

function processorsIn(instance: unknown): ProcessorOf[] {
  if (typeof instance !== 'object' || instance === null) return [];
  const job = Reflect.getMetadata(PROCESSES, instance.constructor) as JobDefinition | undefined;
  return job ? [{ job, processor: instance as JobProcessor }] : [];
}
