import { Clock } from '../platform/clock/index.js';
import { runWithCorrelationId } from '../platform/correlation/index.js';
import { DependencyUnavailableError } from '../platform/errors/index.js';
import { Logger } from '../platform/logging/index.js';
import { AnalyticsEventCollector } from './analytics-event-collector.js';
import type { EventAdmission } from './event-admission.service.js';

type Sent = Record<string, unknown>;

const NOW = new Date('2026-11-22T10:00:00.000Z');
class FixedClock extends Clock {
  now(): Date {
    return NOW;
  }
}

class FakeAdmission {
  readonly batches: Sent[][] = [];
  isAway = false;
  isStuck = false;
  refuses = false;
  async admit(sent: Sent[]): Promise<unknown> {
    if (this.isAway) throw new DependencyUnavailableError('database', 1);
    if (this.isStuck) await new Promise(() => undefined);
    this.batches.push([...sent]);
    return { accepted: sent.length, duplicates: 0, refusals: this.refuses ? [{ index: 0, errors: [] }] : [] };
  }
}

let admission: FakeAdmission;
let lost: Record<string, number>;
let collector: AnalyticsEventCollector;
beforeEach(() => {
  jest.useFakeTimers();
  admission = new FakeAdmission();
  lost = {};
  const metrics = { lost: (reason: string, events: number) => (lost[reason] = (lost[reason] ?? 0) + events) };
  collector = new AnalyticsEventCollector(
    admission as unknown as EventAdmission,
    metrics as never,
    new FixedClock(),
    Logger.create('fatal'),
  );
});
afterEach(() => {
  jest.useRealTimers();
});

const event = { event_type: 'error', name: 'a', message: 'b' } as const;
const collect = (count: number): void => Array.from({ length: count }).forEach(() => collector.collect(event));
const written = (): number => admission.batches.flat().length;

it('writes after a second, in one batch', async () => {
  collect(3);
  await jest.advanceTimersByTimeAsync(999);
  expect(written()).toBe(0);
  await jest.advanceTimersByTimeAsync(1);
  expect(admission.batches.map(({ length }) => length)).toEqual([3]);
});

it('writes at once when there is a batch', async () => {
  collect(500);
  await jest.advanceTimersByTimeAsync(0);
  expect(written()).toBe(500);
});

it('gives an event its id and time when it is collected, and the correlation id it was collected under', async () => {
  runWithCorrelationId('request-7', () => collector.collect(event));
  await collector.flush();
  expect(admission.batches[0]![0]).toMatchObject({
    correlation_id: 'request-7',
    occurred_at: NOW.toISOString(),
    event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

it('keeps events through an outage, sends the same again, and is patient with the database', async () => {
  admission.isAway = true;
  collect(700);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(collector.depth).toBe(700);
  admission.isAway = false;
  await jest.advanceTimersByTimeAsync(30_000);
  expect(written()).toBe(700);
  expect(lost).toEqual({});
});

it('is bounded, and counts what it has no room for', async () => {
  admission.isAway = true;
  collect(10_003);
  expect(collector.depth).toBe(10_000);
  expect(lost).toEqual({ buffer_full: 3 });
  await jest.advanceTimersByTimeAsync(0);
});

it('counts events that break the contract, and goes on', async () => {
  admission.refuses = true;
  collect(1);
  await collector.flush();
  expect(lost).toEqual({ invalid: 1 });
  expect(collector.depth).toBe(0);
});

it('writes what it has when the process ends, and takes nothing more', async () => {
  collect(2);
  await collector.beforeApplicationShutdown();
  expect(written()).toBe(2);
  collect(1);
  expect(lost).toEqual({ shutdown: 1 });
});

it('does not hold the end up for a database that is away or stuck', async () => {
  admission.isAway = true;
  collect(2);
  await collector.beforeApplicationShutdown();
  expect(lost).toEqual({ shutdown: 2 });
});

it('gives up on a stuck database at the end', async () => {
  admission.isStuck = true;
  collect(2);
  const ended = collector.beforeApplicationShutdown();
  await jest.advanceTimersByTimeAsync(5_000);
  await ended;
  expect(lost).toEqual({ shutdown: 2 });
});
