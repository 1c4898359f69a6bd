import type { AlertRule } from '../domain/alert-config.js';
import { furthest } from '../domain/condition.js';
import type { Firing } from '../domain/replay.js';

/** The number that is compared with the threshold, over time. `at` in epoch milliseconds. */
export interface PreviewSeries {
  readonly group: string | null;
  readonly points: readonly { readonly at: number; readonly value: number | null }[];
}

interface Point {
  at: number;
  value: number | null;
}

/** A chart has no more pixels. */
const MAX_POINTS = 1_000;
const MAX_SERIES = 50;

/** Keeps a series for each group, short enough to be drawn: of neighbouring ticks the worst value stands for all. */
export class SeriesRecorder {
  private readonly byGroup = new Map<string | null, { points: Point[]; ticksAPoint: number; ticks: number }>();

  constructor(private readonly rule: AlertRule) {}

  record(at: number, values: readonly (readonly [string | null, number | null])[]): void {
    for (const [group, value] of values) {
      const known = this.byGroup.get(group) ?? { points: [], ticksAPoint: 1, ticks: 0 };
      this.byGroup.set(group, known);
      const last = known.points.at(-1);
      if (last && known.ticks % known.ticksAPoint !== 0) last.value = furthest(this.rule, last.value, value);
      else known.points.push({ at, value });
      known.ticks += 1;
      if (known.points.length > MAX_POINTS) this.halve(known);
    }
  }

  /** Those that fired first, then by name; at most 50. */
  series(firings: readonly Firing[]): PreviewSeries[] {
    const fired = new Set(firings.map(({ group }) => group));
    const groups = [...this.byGroup.keys()].sort(
      (left, right) => Number(fired.has(right)) - Number(fired.has(left)) || ((left ?? '') < (right ?? '') ? -1 : 1),
    );
    return groups.slice(0, MAX_SERIES).map((group) => ({ group, points: this.byGroup.get(group)?.points ?? [] }));
  }

  private halve(known: { points: Point[]; ticksAPoint: number; ticks: number }): void {
    const halved: Point[] = [];
    for (let index = 0; index < known.points.length; index += 2) {
      const [one, other] = [known.points[index], known.points[index + 1]];
      if (one) halved.push({ at: one.at, value: other ? furthest(this.rule, one.value, other.value) : one.value });
    }
    known.points = halved;
    known.ticksAPoint *= 2;
  }
}
