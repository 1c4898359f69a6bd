import type { Expression } from './catalogue/expression.js';
import { CellStates } from './domain/cell-states.js';
import { evaluate, factsBehind, type MetricValue } from './domain/evaluate.js';
import { SlidingStates, sumOf } from './domain/sliding-states.js';
import type { State } from './domain/state.js';
import type { StateRow } from './store/state-row.js';

/** The value of a metric over a window, and how many facts stand behind it. */
export interface WindowFigure {
  readonly value: MetricValue;
  readonly facts: number;
}

/** Rows of one family, and how they count. */
export interface SeriesPart {
  readonly keys: readonly string[];
  readonly rows: readonly StateRow[];
  /** What was reported before a window is still known in it. */
  readonly cumulative: boolean;
}

/** The states of one family use and one combination of its dimensions, by bucket. */
interface Track {
  readonly key: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly states: Map<number, State>;
  readonly cumulative: boolean;
}

/**
 * A metric's states bucket by bucket, read once: every window of whole buckets can be told from them, with the same
 * formulas, and so the same values, that a read of that window gives.
 */
export class MetricSeries {
  private readonly tracks = new Map<string, Map<string, Track>>();

  constructor(
    private readonly formula: Expression,
    parts: readonly SeriesPart[],
    private readonly groupBy: string | null,
  ) {
    if (groupBy === null) this.tracks.set('', new Map());
    for (const part of parts) for (const row of part.rows) this.add(part, row);
  }

  /** Values of `groupBy` that there are, '' for none; without it the one whole, ''. */
  get groups(): string[] {
    return [...this.tracks.keys()];
  }

  /** The buckets in which there is anything of a group, ascending. */
  bucketsOf(group: string): number[] {
    const buckets = new Set(this.tracksOf(group).flatMap(({ states }) => [...states.keys()]));
    return [...buckets].sort((left, right) => left - right);
  }

  /** A window over one group that only moves forward. It is undefined where a read would have no row of the group. */
  slide(group: string): (from: number, to: number) => WindowFigure | undefined {
    const sliding = this.tracksOf(group).map((track) => ({ track, states: new SlidingStates(track.states) }));
    return (from, to) =>
      this.figure(
        sliding.map(({ track, states }) => ({ track, state: states.moveTo(track.cumulative ? 0 : from, to) })),
      );
  }

  /** The figure of any window. */
  sum(group: string, from: number, to: number): WindowFigure | undefined {
    return this.figure(
      this.tracksOf(group).map((track) => {
        let state: State | null = null;
        for (let bucket = from; bucket < to; bucket++) state = sumOf(state, track.states.get(bucket) ?? null);
        return { track, state };
      }),
    );
  }

  private figure(totals: readonly { track: Track; state: State | null }[]): WindowFigure | undefined {
    const states = new CellStates();
    for (const { track, state } of totals) if (state) states.add(track.key, { dimensions: track.dimensions, state });
    if (states.isEmpty && this.groupBy !== null) return undefined;
    return { value: evaluate(this.formula, states), facts: factsBehind(this.formula, states) };
  }

  private tracksOf(group: string): Track[] {
    return [...(this.tracks.get(group)?.values() ?? [])];
  }

  private add({ keys, cumulative }: SeriesPart, { bucket, dimensions, state }: StateRow): void {
    const group = this.groupBy === null ? '' : (dimensions[this.groupBy] ?? '');
    const own = this.tracks.get(group) ?? new Map<string, Track>();
    this.tracks.set(group, own);
    for (const key of keys) {
      const name = JSON.stringify([key, dimensions]);
      const track = own.get(name) ?? { key, dimensions, states: new Map<number, State>(), cumulative };
      own.set(name, track);
      track.states.set(bucket, sumOf(track.states.get(bucket) ?? null, state) ?? state);
    }
  }
}
