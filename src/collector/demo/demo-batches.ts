import { setImmediate } from 'node:timers/promises';
import type { Batch } from '../import/index.js';

/** Cuts drawn events into batches; `line` is the number of an event. */
export async function* batchEvents(source: Iterable<string[]>, batchSize: number): AsyncGenerator<Batch> {
  let waiting: string[] = [];
  let sequence = 0;
  let count = 0;
  const cut = (size: number): Batch => {
    const events = waiting.slice(0, size);
    waiting = waiting.slice(size);
    const lines = events.map((_, index) => count + index + 1);
    count += events.length;
    return { sequence: sequence++, events, lines, refused: [], bytes: 0, end: { bytes: 0, lines: count } };
  };
  for (const events of source) {
    waiting.push(...events);
    while (waiting.length >= batchSize) yield cut(batchSize);
    // Drawing never waits for anything: answers on their way are to be seen in between.
    await setImmediate();
  }
  if (waiting.length > 0) yield cut(waiting.length);
}
