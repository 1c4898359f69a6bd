import type { DeadLetters } from '../collector/index.js';
import type { PartitionKeeper } from '../platform/database/index.js';
import type { ScheduleTickRepository } from '../platform/queues/index.js';
import { HousekeepingService } from './housekeeping.service.js';

const now = new Date('2026-11-22T10:00:00Z');
const calls: unknown[] = [];
const service = new HousekeepingService(
  { ensureAhead: async (...args: unknown[]) => void calls.push(args) } as unknown as PartitionKeeper,
  { evict: async () => 7 } as unknown as DeadLetters,
  { forget: async (cutOff: Date) => calls.push(cutOff.toISOString()) && 3 } as unknown as ScheduleTickRepository,
  { now: () => now },
);

beforeEach(() => calls.splice(0));

it('keeps partitions three days ahead of now', async () => {
  await service.ensurePartitions();
  expect(calls).toEqual([[now, 3]]);
});

it('prunes dead letters and ticks that are two days old, and tells how many', async () => {
  await expect(service.prune()).resolves.toEqual({ deadLetters: 7, ticks: 3 });
  expect(calls).toEqual(['2026-11-20T10:00:00.000Z']);
});
