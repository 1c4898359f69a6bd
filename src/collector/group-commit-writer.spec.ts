import { newEventId, prepareEvent, type PreparedEvent } from '../events/index.js';
import { loadConfig } from '../platform/config/index.js';
import { DependencyUnavailableError, OverloadedError } from '../platform/errors/index.js';
import type { EventCommit, Verdict } from './event-commit.js';
import { GroupCommitWriter } from './group-commit-writer.js';
import type { IngestPace } from './ingest-pace.js';
import { EventBatch } from './store/event-batch.js';
import { NoConnectionError } from './store/with-client.js';

interface Commit {
  readonly events: number;
  readonly end: (verdicts?: Verdict[]) => void;
  readonly fail: (error: Error) => void;
}

/** Commits that end when the test says so. */
class FakeCommit {
  readonly running: Commit[] = [];
  run(batches: readonly EventBatch[]): Promise<Verdict[] | undefined> {
    return new Promise((end, fail) => {
      this.running.push({ events: batches.reduce((sum, batch) => sum + batch.events.length, 0), end, fail });
    });
  }
}

const overloads: string[] = [];
const metrics = {
  commitStarted: () => () => undefined,
  overloaded: (limit: string) => overloads.push(limit),
};

function createWriter(settings = {}, pauseMs = 0): { writer: GroupCommitWriter; commits: Commit[] } {
  const commit = new FakeCommit();
  const config = loadConfig({ INGEST_COMMIT_MAX_WAIT_MS: '20', ...settings });
  const pace = { pauseMs: () => pauseMs } as unknown as IngestPace;
  const writer = new GroupCommitWriter(commit as unknown as EventCommit, metrics as never, pace, config);
  return { writer, commits: commit.running };
}

function batchOf(events: number): EventBatch {
  const circumstances = { nowMicros: Date.now() * 1000, backfillMaxDays: 1, correlationId: 'c', fromOutside: true };
  const event = (): PreparedEvent =>
    prepareEvent(
      { event_type: 'error', event_id: newEventId(Date.now()), name: 'n', message: 'm' },
      circumstances,
    ) as PreparedEvent;
  return EventBatch.of(Array.from({ length: events }, event));
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const sizes = (commits: Commit[]): number[] => commits.map(({ events }) => events);

it('commits at once while the database is idle, together with what was read in the same turn', async () => {
  const { writer, commits } = createWriter();
  const writes = [writer.write(batchOf(3)), writer.write(batchOf(4))];
  await turn();
  expect(sizes(commits)).toEqual([7]);
  commits[0]!.end();
  await expect(Promise.all(writes)).resolves.toEqual([undefined, undefined]);
  expect(writer.depth).toBe(0);
});

it('lets later ones share the next commit, which starts when the running one ends', async () => {
  const { writer, commits } = createWriter();
  const writes = [writer.write(batchOf(1))];
  await turn();
  writes.push(writer.write(batchOf(2)), writer.write(batchOf(3)));
  await turn();
  expect(sizes(commits)).toEqual([1]);
  commits[0]!.end();
  await turn();
  await turn();
  expect(sizes(commits)).toEqual([1, 5]);
  commits[1]!.end();
  await Promise.all(writes);
});

it('starts a second commit beside the running one when many wait, or when they waited long enough', async () => {
  const many = createWriter();
  const writes = [many.writer.write(batchOf(1))];
  await turn();
  writes.push(many.writer.write(batchOf(1_000)));
  await turn();
  expect(sizes(many.commits)).toEqual([1, 1_000]);

  const slow = createWriter();
  writes.push(slow.writer.write(batchOf(1)));
  await turn();
  writes.push(slow.writer.write(batchOf(2)));
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(sizes(slow.commits)).toEqual([1, 2]);
  [...many.commits, ...slow.commits].forEach(({ end }) => end());
  await Promise.all(writes);
});

it('answers at once, and then rests as long as the pace says before the connection takes the next', async () => {
  const pauseMs = 100;
  const { writer, commits } = createWriter({ INGEST_COMMIT_MAX_EVENTS: '1' }, pauseMs);
  const writes = [writer.write(batchOf(1)), writer.write(batchOf(1)), writer.write(batchOf(1))];
  while (commits.length < 2) await turn();
  commits.forEach(({ end }) => end());
  const ended = performance.now();
  await Promise.all(writes.slice(0, 2));
  expect(commits).toHaveLength(2);
  while (commits.length < 3) await turn();
  // Timers may fire a millisecond early.
  expect(performance.now() - ended).toBeGreaterThan(pauseMs - 2);
  commits[2]!.end();
  await writes[2];
});

it('never has more commits than connections, nor larger ones than allowed', async () => {
  const { writer, commits } = createWriter({ INGEST_COMMIT_MAX_EVENTS: '1000' });
  const writes = Array.from({ length: 6 }, () => writer.write(batchOf(600)));
  await turn();
  await turn();
  expect(sizes(commits)).toEqual([600, 600]);
  for (let index = 0; index < 6; index++) {
    commits[index]!.end();
    await turn();
    await turn();
  }
  await Promise.all(writes);
  expect(sizes(commits)).toEqual(Array(6).fill(600));
});

it('gives each request the verdicts of its own events', async () => {
  const { writer, commits } = createWriter();
  const writes = [writer.write(batchOf(1)), writer.write(batchOf(2))];
  await turn();
  commits[0]!.end(['duplicate', 'accepted', 'refused']);
  await expect(Promise.all(writes)).resolves.toEqual([['duplicate'], ['accepted', 'refused']]);
});

it('refuses a batch that would not fit into the queue, and takes it when there is room again', async () => {
  const { writer, commits } = createWriter({ INGEST_QUEUE_MAX_EVENTS: '1000' });
  const first = writer.write(batchOf(900));
  await turn();
  await expect(writer.write(batchOf(101))).rejects.toThrow(OverloadedError);
  expect(overloads).toContain('events');
  expect(writer.depth).toBe(900);
  commits[0]!.end();
  await first;
  const second = writer.write(batchOf(101));
  await turn();
  commits[1]!.end();
  await second;
});

it('tells everybody who waits when the database is gone', async () => {
  const { writer, commits } = createWriter();
  const running = writer.write(batchOf(1));
  await turn();
  const waiting = writer.write(batchOf(2));
  commits[0]!.fail(new DependencyUnavailableError('database', 1));
  await expect(running).rejects.toThrow(DependencyUnavailableError);
  await expect(waiting).rejects.toThrow(DependencyUnavailableError);
  expect(writer.depth).toBe(0);
});

it('keeps requests for the working connection when a second one cannot be had', async () => {
  const { writer, commits } = createWriter();
  const first = writer.write(batchOf(1));
  await turn();
  const second = writer.write(batchOf(1_000));
  await turn();
  expect(sizes(commits)).toEqual([1, 1_000]);
  commits[1]!.fail(new NoConnectionError(new Error('timeout exceeded when trying to connect')));
  await turn();
  await turn();
  expect(sizes(commits)).toEqual([1, 1_000]); // no attempt after attempt while the other is at work
  commits[0]!.end();
  await first;
  await turn();
  expect(sizes(commits)).toEqual([1, 1_000, 1_000]);
  commits[2]!.end();
  await expect(second).resolves.toBeUndefined();
  expect(writer.depth).toBe(0);
});

it('does not keep requests when there is no connection at all', async () => {
  const { writer, commits } = createWriter();
  const write = writer.write(batchOf(1));
  await turn();
  commits[0]!.fail(new NoConnectionError(new Error('timeout exceeded when trying to connect')));
  await expect(write).rejects.toThrow(DependencyUnavailableError);
});

it('fails only its own requests when a commit fails for another reason', async () => {
  const { writer, commits } = createWriter();
  const running = writer.write(batchOf(1));
  await turn();
  const waiting = writer.write(batchOf(2));
  commits[0]!.fail(new Error('column is missing'));
  await expect(running).rejects.toThrow('column is missing');
  await turn();
  commits[1]!.end();
  await expect(waiting).resolves.toBeUndefined();
});

it('has nothing to do for no events', async () => {
  const { writer, commits } = createWriter();
  await expect(writer.write(batchOf(0))).resolves.toBeUndefined();
  expect(commits).toEqual([]);
});
