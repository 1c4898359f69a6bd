import { DistinctSketch } from '../../src/metrics/domain/distinct-sketch.js';
import { QuantileSketch } from '../../src/metrics/domain/quantile-sketch.js';
import { addState, emptyState, type State } from '../../src/metrics/domain/state.js';
import type { Family } from '../../src/metrics/catalogue/family.js';
import { LateEventReads } from '../../src/metrics/store/late-event-reads.js';
import { MetricStateRepository } from '../../src/metrics/store/metric-state.repository.js';
import { RollupReads } from '../../src/metrics/store/rollup-reads.js';
import { SettledStates } from '../../src/metrics/store/settled-states.js';
import { SlicedRawReads } from '../../src/metrics/store/sliced-raw-reads.js';
import type { StateRead } from '../../src/metrics/store/state-read.js';
import type { StateAnswer } from '../../src/metrics/store/state-snapshot.js';
import type { StateRow } from '../../src/metrics/store/state-row.js';
import type { RollupBench } from './rollup-bench.js';

const HOUR_MS = 3_600_000;

class CountedStates extends SettledStates {
  hits = 0;

  override get(key: string, version: string): readonly StateRow[] | undefined {
    const rows = super.get(key, version);
    if (rows) this.hits++;
    return rows;
  }
}

export interface ReadSpan {
  readonly from: number;
  readonly to: number;
  /** Whether there are minutes to cut half hours from. */
  readonly minutesKept: boolean;
}

/** Reads everything through a store that remembers since it was made, and through one that has read nothing before. */
export class RememberedReads {
  private readonly settled = new CountedStates();
  private readonly remembering: MetricStateRepository;

  constructor(private readonly bench: RollupBench) {
    this.remembering = repositoryOn(bench, this.settled);
  }

  /** How often something was remembered. */
  get hits(): number {
    return this.settled.hits;
  }

  async expectCurrent(families: readonly Family[], span: ReadSpan): Promise<void> {
    const reads = families.flatMap((family) => this.readsOf(family, span));
    const plain = repositoryOn(this.bench, new SettledStates());
    const [remembered, current] = [await readAll(this.remembering, reads), await readAll(plain, reads)];
    expect(remembered).toEqual(current);
  }

  /** Totals of all, and every cell of half an hour or of an hour. */
  private readsOf(family: Family, { from, to, minutesKept }: ReadSpan): StateRead[] {
    const width = minutesKept ? HOUR_MS / 2 : HOUR_MS;
    const read = {
      family,
      range: { from, to },
      keptFrom: this.bench.policy.keptFrom(family, 'read'),
      sealedBefore: this.bench.policy.sealedBefore(),
      filters: {},
      needs: everythingOf(family),
    };
    const bucketStarts = Array.from({ length: (to - from) / width }, (_, index) => new Date(from + index * width));
    return [
      { ...read, dimensions: [] },
      { ...read, dimensions: family.dimensions.map(({ name }) => name), bucketStarts },
    ];
  }
}

function repositoryOn({ dataSource }: RollupBench, settled: SettledStates): MetricStateRepository {
  return new MetricStateRepository(dataSource, new RollupReads(settled), new SlicedRawReads(), new LateEventReads());
}

function everythingOf({ sums, value, distinct, last }: Family): StateRead['needs'] {
  return {
    sums: Object.keys(sums ?? {}),
    value: value !== undefined,
    sketch: value?.sketch === true,
    distinct: distinct !== undefined,
    last: last !== undefined,
  };
}

async function readAll(repository: MetricStateRepository, reads: readonly StateRead[]): Promise<unknown[]> {
  const answers = await repository.snapshot((snapshot) => snapshot.readAll(reads));
  return answers.map(plainly);
}

/** Without regard to the order of rows, and to how many of them a cell is put together from. */
function plainly({ rows, usedRaw, usedRollups, stale }: StateAnswer): unknown {
  const cells = new Map<string, State>();
  for (const { bucket, dimensions, state } of rows) {
    const key = JSON.stringify([bucket, dimensions]);
    const cell = cells.get(key) ?? emptyState();
    addState(cell, state);
    cells.set(key, cell);
  }
  const figures = [...cells].map(([key, state]) => `${key} ${textOf(state)}`);
  return { usedRaw, usedRollups, stale, figures: figures.sort() };
}

function textOf({ sketch, distinct, ...exact }: State): string {
  const [values, people] = [sketch ?? new QuantileSketch(), distinct ?? new DistinctSketch()];
  return JSON.stringify({
    ...exact,
    values: values.toBytes().toString('hex'),
    people: people.toBytes().toString('hex'),
  });
}
