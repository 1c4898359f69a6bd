import type { Batch } from '../reading/batch.js';
import { deliver, type DeliveryListener } from './delivery.js';
import type { Position } from '../reading/line-splitter.js';
import type { BatchOutcome } from './tally.js';

const taken: BatchOutcome = { accepted: 1, duplicates: 0, rejected: [], sentAgain: false };

async function* batchesOf(count: number, onTake: (sequence: number) => void = () => undefined): AsyncGenerator<Batch> {
  for (let sequence = 0; sequence < count; sequence += 1) {
    onTake(sequence);
    yield {
      sequence,
      events: ['{}'],
      lines: [sequence + 1],
      refused: [],
      bytes: 2,
      end: { bytes: 0, lines: sequence + 1 },
    };
  }
}

class Recorder implements DeliveryListener {
  outcomes = 0;
  prefixes: number[] = [];
  onOutcome(): void {
    this.outcomes += 1;
  }
  onPrefix(end: Position): void {
    this.prefixes.push(end.lines);
  }
}

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('advances only over what is settled without a gap, in the order of the source', async () => {
  const listener = new Recorder();
  const release: (() => void)[] = [];
  const send = (batch: Batch): Promise<BatchOutcome> =>
    new Promise((resolve) => {
      release[batch.sequence] = () => resolve(taken);
    });
  const done = deliver(batchesOf(3), { send, concurrency: 3, listener }, never);
  await turn();
  release[2]?.();
  release[1]?.();
  await turn();
  expect(listener).toMatchObject({ outcomes: 2, prefixes: [] });
  release[0]?.();
  await done;
  expect(listener.prefixes).toEqual([1, 2, 3]);
});

it('takes from the source no more than is in flight', async () => {
  let takenFrom = 0;
  let inFlight = 0;
  let most = 0;
  const send = async (): Promise<BatchOutcome> => {
    inFlight += 1;
    most = Math.max(most, takenFrom, inFlight);
    await turn();
    inFlight -= 1;
    takenFrom -= 1;
    return taken;
  };
  const listener = new Recorder();
  await deliver(
    batchesOf(50, () => (takenFrom += 1)),
    { send, concurrency: 4, listener },
    never,
  );
  expect(listener.prefixes).toHaveLength(50);
  expect(most).toBe(4);
});

it('fails with the first failure once nothing is in flight, and keeps what came before it', async () => {
  const listener = new Recorder();
  const send = async (batch: Batch): Promise<BatchOutcome> => {
    if (batch.sequence === 3) throw new Error('refused');
    await turn();
    return taken;
  };
  await expect(deliver(batchesOf(100), { send, concurrency: 2, listener }, never)).rejects.toThrow('refused');
  expect(listener.prefixes).toEqual([1, 2, 3]);
});

it('stops taking batches when interrupted', async () => {
  const interruption = new AbortController();
  const listener = new Recorder();
  const send = async (batch: Batch): Promise<BatchOutcome> => {
    if (batch.sequence === 5) interruption.abort();
    return taken;
  };
  await expect(deliver(batchesOf(100), { send, concurrency: 1, listener }, interruption.signal)).rejects.toThrow(
    /abort/i,
  );
  expect(listener.prefixes).toEqual([1, 2, 3, 4, 5, 6]);
});

it('settles a batch of refused lines without sending it', async () => {
  const refused = [{ line: 1, reason: 'is not valid JSON' }];
  const source = (async function* (): AsyncGenerator<Batch> {
    yield { sequence: 0, events: [], lines: [], refused, bytes: 0, end: { bytes: 9, lines: 1 } };
  })();
  const outcomes: BatchOutcome[] = [];
  const listener = { onOutcome: (outcome: BatchOutcome) => outcomes.push(outcome), onPrefix: () => undefined };
  const send = (): Promise<BatchOutcome> => Promise.reject(new Error('sent'));
  await deliver(source, { send, concurrency: 2, listener }, never);
  expect(outcomes).toEqual([{ accepted: 0, duplicates: 0, rejected: refused, sentAgain: false }]);
});
