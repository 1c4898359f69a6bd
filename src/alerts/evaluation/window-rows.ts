import type { MetricAnswer, MetricDescription } from '../../metrics/index.js';
import type { Bound, Figure } from '../domain/condition.js';

/** A figure and the dimension values it was read for; '' is none. */
export interface WindowRow extends Figure {
  /** Which of the windows that were asked for. */
  readonly bucket: number;
  readonly group: Readonly<Record<string, string>>;
}

type OfMetric = Pick<MetricDescription, 'ofNothing' | 'partialBound'>;

/** What one read gave, to be looked up by many rules. */
export class WindowRows {
  private readonly byFilter = new Map<string, ReadonlyMap<string, WindowRow[]>>();

  constructor(
    readonly rows: readonly WindowRow[],
    /** What a window without a row has: 0 for counts and sums. */
    readonly ofNothing: 0 | null,
    /** Set when events are missing: what the values say of those over all events. */
    private readonly bound?: Bound,
  ) {}

  static of(answer: MetricAnswer, metric: string, { ofNothing, partialBound }: OfMetric): WindowRows {
    const bound = answer.stale ? { bound: partialBound } : {};
    const rows = answer.rows.map(({ bucket, group, values, facts }) => ({
      bucket,
      group: Object.fromEntries(Object.entries(group).map(([name, value]) => [name, value ?? ''])),
      value: values[metric]?.toNumber() ?? null,
      samples: facts?.[metric] ?? 0,
      ...bound,
    }));
    return new WindowRows(rows, ofNothing === 'zero' ? 0 : null, bound.bound);
  }

  /** Whether events are missing that belong to the windows. */
  get partial(): boolean {
    return this.bound !== undefined;
  }

  /** The rows with exactly these dimension values, however many rules ask: each combination is sorted once. */
  matching(filters: Readonly<Record<string, string>>): readonly WindowRow[] {
    const names = Object.keys(filters).sort();
    const index = this.indexOf(names);
    return index.get(keyOf(names, filters)) ?? [];
  }

  get nothing(): Figure {
    return { value: this.ofNothing, samples: 0, ...(this.bound && { bound: this.bound }) };
  }

  private indexOf(names: readonly string[]): ReadonlyMap<string, WindowRow[]> {
    const signature = names.join('\n');
    const known = this.byFilter.get(signature);
    if (known) return known;
    const index = new Map<string, WindowRow[]>();
    for (const row of this.rows) {
      const key = keyOf(names, row.group);
      const same = index.get(key);
      if (same) same.push(row);
      else index.set(key, [row]);
    }
    this.byFilter.set(signature, index);
    return index;
  }
}

function keyOf(names: readonly string[], values: Readonly<Record<string, string>>): string {
  return JSON.stringify(names.map((name) => values[name] ?? ''));
}
