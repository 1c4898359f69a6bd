import type { Batch } from '../reading/batch.js';
import type { Position } from '../reading/line-splitter.js';
import type { BatchOutcome } from './tally.js';

export interface DeliveryListener {
  /** A batch has its verdict; in whatever order they come. */
  onOutcome(outcome: BatchOutcome): void;
  /** Every batch up to `end` has its verdict; called in the order of the source, once for each batch. */
  onPrefix(end: Position, outcome: BatchOutcome): void;
}

export interface DeliveryOptions {
  send: (batch: Batch, signal: AbortSignal) => Promise<BatchOutcome>;
  /** Batches in flight at a time. */
  concurrency: number;
  listener: DeliveryListener;
}

/**
 * Sends the batches of a source, several at a time, taking the next one only when there is room for it. Settles when
 * nothing is in flight any more; rejects with the first failure, or when `signal` is aborted.
 */
export async function deliver(
  batches: AsyncGenerator<Batch>,
  options: DeliveryOptions,
  signal: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const prefix = new Prefix(options.listener);
  const workers = Array.from({ length: options.concurrency }, () =>
    work(batches, { options, prefix }, stop).catch((error: unknown) => failure.abort(error)),
  );
  await Promise.all(workers);
  await batches.return(undefined);
  stop.throwIfAborted();
}

async function work(
  batches: AsyncGenerator<Batch>,
  { options, prefix }: { options: DeliveryOptions; prefix: Prefix },
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    stop.throwIfAborted();
    // An async generator queues concurrent calls, so every worker gets a batch of its own.
    const next = await batches.next();
    if (next.done) return;
    const outcome = await settle(next.value, options, stop);
    options.listener.onOutcome(outcome);
    prefix.settled(next.value, outcome);
  }
}

async function settle(batch: Batch, options: DeliveryOptions, signal: AbortSignal): Promise<BatchOutcome> {
  if (batch.events.length === 0) return { accepted: 0, duplicates: 0, rejected: batch.refused, sentAgain: false };
  const outcome = await options.send(batch, signal);
  if (batch.refused.length === 0) return outcome;
  return { ...outcome, rejected: [...batch.refused, ...outcome.rejected].sort((a, b) => a.line - b.line) };
}

/** Turns verdicts in any order into the prefix of the source that is settled without a gap. */
class Prefix {
  private next = 0;
  private readonly waiting = new Map<number, { end: Position; outcome: BatchOutcome }>();

  constructor(private readonly listener: DeliveryListener) {}

  settled(batch: Batch, outcome: BatchOutcome): void {
    this.waiting.set(batch.sequence, { end: batch.end, outcome });
    for (let ready = this.waiting.get(this.next); ready; ready = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.next += 1;
      this.listener.onPrefix(ready.end, ready.outcome);
    }
  }
}
