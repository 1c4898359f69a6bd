import { setImmediate as nextTurn } from 'node:timers/promises';

/** Short beside the 100 ms for which a request may hold up the others, on a machine that is busy as well. */
const SLICE_MS = 15;

/** Cuts long work on the event loop into slices, between which other requests have their turn. */
export class TimeSlices {
  private startedAt = performance.now();

  /** To be awaited after each step of the work, where it is not `undefined`: the slice is over. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.startedAt < SLICE_MS ? undefined : this.next();
  }

  private async next(): Promise<void> {
    await nextTurn();
    this.startedAt = performance.now();
  }
}
