import type { Expression } from './catalogue/expression.js';
import { CellStates } from './domain/cell-states.js';
import { countsDistinct, distinctIsExact, evaluate, factsBehind, type MetricValue } from './domain/evaluate.js';
import { groupKey } from './domain/group-key.js';
import type { StateRow } from './store/state-row.js';

export interface MetricRow {
  /** Index into the buckets asked for; 0 without. */
  readonly bucket: number;
  /** Dimension values of `groupBy`; null is none. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly values: Readonly<Record<string, MetricValue>>;
  /**
   * By metric how many facts (requests, orders, samples) stand behind its value: of a ratio those that it divides by, of
   * distinct sessions the sessions. With `withFacts` only.
   */
  readonly facts?: Readonly<Record<string, number>>;
}

interface Cell {
  readonly bucket: number;
  readonly group: MetricRow['group'];
  readonly states: CellStates;
}

/** How rows are made of cells. */
export interface RowOptions {
  readonly withFacts?: boolean | undefined;
  readonly lazily?: boolean | undefined;
}

/** A row whose values are computed when they are looked at. */
class LazyRow implements MetricRow {
  readonly bucket: number;
  readonly group: MetricRow['group'];
  private known: MetricRow['values'] | undefined;

  constructor(
    private readonly cell: Cell,
    private readonly formulas: ReadonlyMap<string, Expression>,
  ) {
    this.bucket = cell.bucket;
    this.group = cell.group;
  }

  get values(): MetricRow['values'] {
    return (this.known ??= valuesOf(this.cell, this.formulas));
  }
}

/** The states of every bucket and group, as they come in from several queries. */
export class CellTable {
  private readonly cells = new Map<string, Cell>();

  constructor(private readonly groupBy: readonly string[]) {}

  add(keys: readonly string[], rows: readonly StateRow[]): void {
    for (const row of rows) {
      const { states } = this.cell(row.bucket, row.dimensions);
      for (const key of keys) states.add(key, row);
    }
  }

  fill(bucketCount: number): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) this.cell(bucket, {});
  }

  /** A row for every cell, by bucket. */
  rows(
    formulas: ReadonlyMap<string, Expression>,
    { withFacts, lazily }: RowOptions = {},
  ): { rows: MetricRow[]; distinctExact: boolean } {
    const sorted = [...this.cells.values()].sort((left, right) => left.bucket - right.bucket);
    const rows = sorted.map((cell) => {
      if (lazily) return new LazyRow(cell, formulas);
      const { bucket, group, states } = cell;
      const values = valuesOf(cell, formulas);
      if (!withFacts) return { bucket, group, values };
      return { bucket, group, values, facts: eachOf(formulas, (formula) => factsBehind(formula, states)) };
    });
    const distinct = [...formulas.values()].filter(countsDistinct);
    const distinctExact = sorted.every(({ states }) => distinct.every((formula) => distinctIsExact(formula, states)));
    return { rows, distinctExact };
  }

  private cell(bucket: number, dimensions: Readonly<Record<string, string>>): Cell {
    const key = groupKey(String(bucket), this.groupBy, dimensions);
    const known = this.cells.get(key);
    if (known) return known;
    const group: Record<string, string | null> = {};
    for (const name of this.groupBy) group[name] = dimensions[name] || null;
    const cell = { bucket, group, states: new CellStates() };
    this.cells.set(key, cell);
    return cell;
  }
}

function valuesOf({ states }: Cell, formulas: ReadonlyMap<string, Expression>): MetricRow['values'] {
  return eachOf(formulas, (formula) => evaluate(formula, states));
}

function eachOf<T>(formulas: ReadonlyMap<string, Expression>, of: (formula: Expression) => T): Record<string, T> {
  const values: Record<string, T> = {};
  // Of hundreds of cells: without an entry to take apart for each of them.
  formulas.forEach((formula, name) => (values[name] = of(formula)));
  return values;
}
