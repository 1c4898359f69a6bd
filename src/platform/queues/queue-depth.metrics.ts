import { makeCollectedGaugeProvider } from '../telemetry/index.js';
import { JobQueue } from './job-queue.js';
import { QUEUE_NAMES } from './queue-names.js';

export const queueDepthProvider = makeCollectedGaugeProvider({
  name: 'queue_jobs',
  help: 'Jobs in a queue, by state. Counted when scraped; absent while the queue cannot be reached.',
  labelNames: ['queue', 'state'],
  source: JobQueue,
  async collect(gauge, queue) {
    const depths = await Promise.all(QUEUE_NAMES.map(async (name) => ({ name, depth: await queue.depth(name) })));
    for (const { name, depth } of depths) {
      for (const [state, count] of Object.entries(depth)) gauge.set({ queue: name, state }, count);
    }
  },
});
