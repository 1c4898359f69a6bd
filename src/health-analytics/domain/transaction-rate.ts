const WINDOW_MS = 5 * 60_000;
/** Closer samples say little: PostgreSQL itself adds up its statistics about once a second. */
const LEAST_MS = 1_000;

/** How fast a counter grows, over the last five minutes or as much of them as was observed. Times in ms. */
export class TransactionRate {
  private samples: { readonly at: number; readonly count: number }[] = [];

  add(at: number, count: number): void {
    const latest = this.samples.at(-1);
    // Statistics that were reset, or lost in a crash: nobody knows what was counted since.
    if (latest && count < latest.count) this.samples = [];
    this.samples.push({ at, count });
    while (this.samples[0] && this.samples[0].at < at - WINDOW_MS) this.samples.shift();
  }

  /** Null before two samples that are a second apart. */
  perSecond(): number | null {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < LEAST_MS) return null;
    return (last.count - first.count) / ((last.at - first.at) / 1_000);
  }
}
