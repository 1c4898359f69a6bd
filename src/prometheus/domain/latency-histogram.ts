/**
 * How many observations took how long, as Prometheus keeps it: numbers of observations up to each bound, the last of
 * which is +Inf. Immutable. Unit of the bounds: seconds.
 */
export class LatencyHistogram {
  private constructor(
    /** Ascending, ending with Infinity. */
    private readonly bounds: readonly number[],
    /** Observations up to the bound; never falls. */
    private readonly cumulative: readonly number[],
  ) {}

  static readonly EMPTY = new LatencyHistogram([Infinity], [0]);

  /** `total` stands for +Inf where that bucket is missing. Counts that fall from one bound to the next are lifted. */
  static of(buckets: Iterable<readonly [bound: number, count: number]>, total = 0): LatencyHistogram {
    const sorted = [...new Map([...buckets])].sort(([left], [right]) => left - right);
    if (sorted.at(-1)?.[0] !== Infinity) sorted.push([Infinity, Math.max(total, sorted.at(-1)?.[1] ?? 0)]);
    let highest = 0;
    const cumulative = sorted.map(([, count]) => (highest = Math.max(highest, count)));
    return new LatencyHistogram(
      sorted.map(([bound]) => bound),
      cumulative,
    );
  }

  get count(): number {
    return this.cumulative.at(-1) ?? 0;
  }

  /** Of both. Where the bounds differ, observations are taken to be spread evenly between two bounds. */
  plus(other: LatencyHistogram): LatencyHistogram {
    if (this.count === 0) return other;
    if (other.count === 0) return this;
    if (this.hasBoundsOf(other)) return this.combined(other, (left, right) => left + right);
    const bounds = [...new Set([...this.bounds, ...other.bounds])].sort((left, right) => left - right);
    return new LatencyHistogram(
      bounds,
      bounds.map((bound) => this.upTo(bound) + other.upTo(bound)),
    );
  }

  /** What was observed since `earlier`; undefined when this is no continuation of it: fewer somewhere, or other bounds. */
  since(earlier: LatencyHistogram): LatencyHistogram | undefined {
    if (!this.hasBoundsOf(earlier)) return undefined;
    const difference = this.combined(earlier, (now, then) => now - then);
    return difference.cumulative.some((count) => count < 0) ? undefined : difference;
  }

  /** As `histogram_quantile` has it: interpolated within the bucket. Null for none, or when all are beyond the bounds. */
  quantile(q: number): number | null {
    if (this.count === 0) return null;
    const rank = q * this.count;
    const index = this.cumulative.findIndex((count) => count >= rank);
    const upper = this.bounds[index] ?? Infinity;
    if (upper === Infinity) return this.bounds.at(-2) ?? null;
    if (index === 0 && upper <= 0) return upper;
    const lower = index === 0 ? 0 : this.bounds[index - 1]!;
    const before = index === 0 ? 0 : this.cumulative[index - 1]!;
    const within = this.cumulative[index]! - before;
    return within === 0 ? upper : lower + ((upper - lower) * (rank - before)) / within;
  }

  private hasBoundsOf({ bounds }: LatencyHistogram): boolean {
    return bounds.length === this.bounds.length && bounds.every((bound, index) => bound === this.bounds[index]);
  }

  private combined({ cumulative }: LatencyHistogram, of: (mine: number, theirs: number) => number): LatencyHistogram {
    return new LatencyHistogram(
      this.bounds,
      this.cumulative.map((count, index) => of(count, cumulative[index] ?? 0)),
    );
  }

  private upTo(bound: number): number {
    const index = this.bounds.findIndex((own) => own >= bound);
    const upper = this.bounds[index]!;
    const after = this.cumulative[index]!;
    if (upper === bound) return after;
    const lower = this.bounds[index - 1] ?? 0;
    const before = this.cumulative[index - 1] ?? 0;
    // Nobody knows where in (lower, +Inf) they are; below their own last bound they are not.
    if (upper === Infinity || bound <= lower) return before;
    return before + ((after - before) * (bound - lower)) / (upper - lower);
  }
}
