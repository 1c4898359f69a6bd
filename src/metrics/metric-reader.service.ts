import { Injectable } from '@nestjs/common';
import { Catalogue } from './catalogue/catalogue.js';
import { familyUses } from './catalogue/expression.js';
import { Estimates, type EstimateTable } from './estimates.js';
import {
  MetricSnapshot,
  type MetricAnswer,
  type MetricAnswers,
  type MetricRead,
  type MetricTotals,
  type SeenGroup,
  type SeenRead,
  type SeriesAnswer,
  type SeriesRead,
  type TotalsRead,
} from './metric-snapshot.js';
import { RetentionPolicy } from './planner/retention-policy.js';
import { MetricStateRepository } from './store/metric-state.repository.js';

/** The one way to read a metric. Formulas and dimensions come from the catalogue; nothing else writes SQL over events. */
@Injectable()
export class MetricReader {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly states: MetricStateRepository,
    private readonly retention: RetentionPolicy,
    private readonly estimates: Estimates,
  ) {}

  /**
   * Several reads that make one answer, in one snapshot of the database and on one connection.
   * @throws DependencyUnavailableError while the database is not there
   */
  snapshot<T>(work: (snapshot: MetricSnapshot) => Promise<T>): Promise<T> {
    return this.snapshotWith(new Map(), work);
  }

  /** @throws InvalidInputError when a metric cannot be cut by the dimensions asked for */
  read(read: MetricRead): Promise<MetricAnswer> {
    return this.snapshotOf(read.metrics, (snapshot) => snapshot.read(read));
  }

  /** Several reads of one snapshot, for little more than one: see `MetricSnapshot.readAll`. */
  readAll<const Reads extends readonly MetricRead[]>(reads: Reads): Promise<MetricAnswers<Reads>> {
    return this.snapshotOf(
      reads.flatMap(({ metrics }) => metrics),
      (snapshot) => snapshot.readAll(reads),
    );
  }

  /** A metric's states by bucket, for windows that move over them. @throws InvalidInputError like `read` */
  series(read: SeriesRead): Promise<SeriesAnswer> {
    return this.snapshotOf([read.metric], (snapshot) => snapshot.series(read));
  }

  /** The groups that have facts behind a metric, by part of the range. @throws InvalidInputError like `read` */
  seen(read: SeenRead): Promise<SeenGroup[]> {
    return this.snapshot((snapshot) => snapshot.seen(read));
  }

  /** The value of each metric over the whole range, ungrouped. */
  readTotals(read: TotalsRead): Promise<MetricTotals> {
    return this.snapshotOf(read.metrics, (snapshot) => snapshot.readTotals(read));
  }

  /** What estimates these metrics need is read first: within the snapshot it would need a second connection. */
  private async snapshotOf<T>(metrics: readonly string[], work: (snapshot: MetricSnapshot) => Promise<T>): Promise<T> {
    const tables = new Map<string, EstimateTable>();
    const uses = metrics.flatMap((name) => this.catalogue.metric(name).formulas.flatMap(familyUses));
    for (const { family, measure } of uses) {
      if (measure === undefined || tables.has(measure) || !this.catalogue.family(family).estimates?.[measure]) continue;
      const table = await this.estimates.table(measure);
      if (table) tables.set(measure, table);
    }
    return this.snapshotWith(tables, work);
  }

  private snapshotWith<T>(
    tables: ReadonlyMap<string, EstimateTable>,
    work: (snapshot: MetricSnapshot) => Promise<T>,
  ): Promise<T> {
    return this.states.snapshot((states) =>
      work(new MetricSnapshot(this.catalogue, states, this.retention, this.estimates, tables)),
    );
  }
}
