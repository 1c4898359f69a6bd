import { Injectable } from '@nestjs/common';
import { makeCollectedGaugeProvider } from '../platform/telemetry/index.js';
import { AnalyticsEventCollector } from './analytics-event-collector.js';
import { GroupCommitWriter } from './group-commit-writer.js';

/** What waits to be written, and would be lost with the process; only the first kind was not acknowledged yet. */
@Injectable()
export class BufferDepth {
  constructor(
    private readonly writer: GroupCommitWriter,
    private readonly collector: AnalyticsEventCollector,
  ) {}

  get events(): { http: number; in_process: number } {
    return { http: this.writer.depth, in_process: this.collector.depth };
  }
}

export const bufferDepthProvider = makeCollectedGaugeProvider({
  name: 'collector_buffer_events',
  help: 'Events that wait for a commit or are in one: of requests that are still unanswered, and of this process itself.',
  labelNames: ['buffer'],
  source: BufferDepth,
  collect(gauge, { events }) {
    for (const [buffer, waiting] of Object.entries(events)) gauge.set({ buffer }, waiting);
  },
});
