import { ALPHA } from './domain/quantile-sketch.js';
import { DISTINCT_ERROR } from './domain/distinct-sketch.js';
import type { Provenance } from './metric-snapshot.js';
import { STEP_SECONDS, type StepName } from './time/step.js';
import type { TimeRange } from './time/time-range.js';

/** Said with every analytics answer: what it covers and where its figures come from. On the wire as it stands here. */
export interface ReadMeta {
  from: string;
  to: string;
  range: string | null;
  step_seconds?: number;
  source: 'raw' | 'rollup' | 'hybrid' | 'prometheus';
  generated_at: string;
  stale: boolean;
  percentile_error?: number | null;
  distinct_error?: number;
  compare_from?: string;
  compare_to?: string;
}

export interface MetaParts {
  readonly range: TimeRange;
  readonly now: Date;
  readonly provenance: Provenance;
  readonly step?: StepName;
  readonly comparison?: TimeRange;
  /** Says which kinds of estimate the answer can hold. */
  readonly holds?: readonly ('percentiles' | 'distinct')[];
}

export function readMeta({ range, now, provenance, step, comparison, holds = [] }: MetaParts): ReadMeta {
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    range: range.name,
    ...(step && { step_seconds: STEP_SECONDS[step] }),
    source: provenance.source,
    generated_at: now.toISOString(),
    stale: provenance.stale,
    ...(holds.includes('percentiles') && { percentile_error: Math.ceil(ALPHA * 100) / 100 }),
    ...(holds.includes('distinct') && { distinct_error: provenance.distinctExact ? 0 : DISTINCT_ERROR }),
    ...(comparison && { compare_from: comparison.from.toISOString(), compare_to: comparison.to.toISOString() }),
  };
}

/** What several reads that make one answer have in common. */
export function joinProvenance(first: Provenance, ...others: Provenance[]): Provenance {
  return others.reduce<Provenance>(
    (joined, other) => ({
      source: joined.source === other.source ? joined.source : 'hybrid',
      stale: joined.stale || other.stale,
      distinctExact: joined.distinctExact && other.distinctExact,
    }),
    first,
  );
}
