import { Injectable } from '@nestjs/common';
import type { FamilyRead } from './read-plan.js';
import { ZERO, type Decimal } from './domain/decimal.js';
import type { StateRead } from './store/state-read.js';
import type { StateRow } from './store/state-row.js';

/** Estimates as they stand at one moment. */
export interface EstimateTable {
  /** The UTC midnights within a range, its ends apart, from which other estimates hold. */
  changesWithin(range: { readonly from: Date; readonly to: Date }): readonly Date[];
  /** Of facts of one combination of dimension values, none of them from before `at` or after the next change. */
  estimate(sums: Readonly<Record<string, Decimal>>, dimensions: Readonly<Record<string, string>>, at: Date): Decimal;
}

export interface EstimateSource {
  table(): Promise<EstimateTable>;
}

/**
 * Where measures come from that no event tells and no rollup keeps: a feature knows how to put a figure on other sums of
 * the family, at the moment of the read. Without a source the estimate is 0.
 */
@Injectable()
export class Estimates {
  private readonly sources = new Map<string, EstimateSource>();

  /** @param measure a name of `estimates` of some family */
  register(measure: string, source: EstimateSource): void {
    this.sources.set(measure, source);
  }

  table(measure: string): Promise<EstimateTable> | undefined {
    return this.sources.get(measure)?.table();
  }
}

/** A read of which every bucket lies between two changes of the estimates. */
export class EstimatedRead {
  readonly read: StateRead;
  private readonly asked: readonly number[];
  private readonly starts: readonly Date[];

  constructor(
    read: StateRead,
    private readonly part: FamilyRead,
    private readonly tables: ReadonlyMap<string, EstimateTable>,
  ) {
    const from = new Date(read.range.from);
    const to = new Date(read.range.to);
    this.asked = (read.bucketStarts ?? [from]).map((start) => start.getTime());
    const changes = [...tables.values()].flatMap((table) => table.changesWithin({ from, to }));
    const times = new Set([...this.asked, ...changes.map((change) => change.getTime())]);
    this.starts = [...times].sort((left, right) => left - right).map((time) => new Date(time));
    this.read = this.starts.length > 1 ? { ...read, bucketStarts: this.starts } : read;
  }

  /** The rows in the buckets that were asked for, with the estimated sums. */
  rowsOf(rows: readonly StateRow[]): StateRow[] {
    const buckets = this.bucketsAsked();
    return rows.map(({ bucket, dimensions, state }) => {
      const at = this.starts[bucket] ?? new Date(this.read.range.from);
      const estimated = this.part.estimates.map((measure) => [
        measure,
        this.tables.get(measure)?.estimate(state.sums, dimensions, at) ?? ZERO,
      ]);
      return {
        bucket: buckets[bucket] ?? 0,
        dimensions,
        state: { ...state, sums: { ...state.sums, ...(Object.fromEntries(estimated) as Record<string, Decimal>) } },
      };
    });
  }

  /** For each bucket that is read the one of those asked for that it lies in; both are in order. */
  private bucketsAsked(): number[] {
    let place = 0;
    return this.starts.map((start) => {
      for (
        let next = this.asked[place + 1];
        next !== undefined && next <= start.getTime();
        next = this.asked[place + 1]
      )
        place += 1;
      return place;
    });
  }
}
