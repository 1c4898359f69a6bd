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
  // One for each channel of notifications: a provider that hangs must not hold up the others. As many at once as there
  // have to be so that a few addresses that hang leave room for the rest.
  'notify-in-app': { concurrency: 8 },
  'notify-email': { concurrency: 16 },
  'notify-slack': { concurrency: 16 },
  'notify-sms': { concurrency: 16 },
} as const satisfies Record<string, { concurrency: number }>;

export type QueueName = keyof typeof QUEUES;

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
