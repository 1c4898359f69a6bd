/**
 * Every queue there is, and how many of its jobs one process runs at once.
 *
 * Few queues with named jobs: each queue costs a worker process one listening connection (see `backend/`), a job name
 * costs nothing. A new queue is for work that must not wait behind other work, such as one delivery channel.
 */
export const QUEUES = {
  maintenance: { concurrency: 1 },
  rollups: { concurrency: 1 },
  alerts: { concurrency: 1 },
} as const satisfies Record<string, { concurrency: number }>;

export type QueueName = keyof typeof QUEUES;

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
