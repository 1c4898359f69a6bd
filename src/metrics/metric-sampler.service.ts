import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Catalogue } from './catalogue/catalogue.js';
import { LEVEL_MS, floorTo } from './planner/level.js';
import { SampleRepository, type SampleRow } from './store/sample.repository.js';

/** How something stood at an instant. */
export interface Sample {
  /** A sampled family of the catalogue. */
  readonly family: string;
  readonly at: Date;
  /** A value for every dimension of the family. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** In the family's unit. */
  readonly value: number;
}

/** Older minutes may be gone already, and an hour would be added up anew from what is left. */
const MAX_AGE_MS = LEVEL_MS.hourly;

/**
 * Keeps what has no event behind it: samples, added up by minute. Several of a minute, from one process or many, make one
 * row; hours, days and weeks follow by the rollup job. Not idempotent: a sample that is recorded twice counts twice.
 */
@Injectable()
export class MetricSampler {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
    private readonly samples: SampleRepository,
  ) {}

  /**
   * All of them or none.
   * @throws Error for a sample that the catalogue does not know, that is not a number, or is over an hour old
   * @throws DependencyUnavailableError while the database is not there
   */
  async record(samples: readonly Sample[]): Promise<void> {
    if (samples.length > 0) await this.samples.add(samples.map((sample) => this.toRow(sample)));
  }

  private toRow({ family: name, at, dimensions, value }: Sample): SampleRow {
    const family = this.catalogue.family(name);
    if (family.eventType !== null) throw new Error(`The family "${name}" is made of events, not of samples.`);
    if (!Number.isFinite(value)) throw new Error(`A sample of "${name}" is not a number: ${value}.`);
    if (at.getTime() < this.clock.now().getTime() - MAX_AGE_MS) throw new Error(`A sample of "${name}" is too old.`);
    const values = family.dimensions.map((dimension) => {
      const own = dimensions[dimension.name];
      if (own === undefined) throw new Error(`A sample of "${name}" needs a value for "${dimension.name}".`);
      return own;
    });
    return { family: name, at, minute: minuteBefore(at), dimensions: values, value };
  }
}

/**
 * A sample stands for the time before it: taken at 10:01:00 sharp it belongs to the minute that just ended, so that a
 * window that ends there holds it.
 */
function minuteBefore(at: Date): number {
  return floorTo('minute', at.getTime() - 1);
}
