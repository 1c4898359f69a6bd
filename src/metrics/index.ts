export { Decimal } from './domain/decimal.js';
export { Estimates, type EstimateSource, type EstimateTable } from './estimates.js';
export { groupKey } from './domain/group-key.js';
export { joinProvenance, readMeta, type ReadMeta } from './meta.js';
export { type MetricRow } from './cell-table.js';
export { MetricReader } from './metric-reader.service.js';
export {
  type MetricAnswer,
  type MetricRead,
  type MetricSnapshot,
  type Provenance,
  type SeenGroup,
  type SeenRead,
} from './metric-snapshot.js';
export { type ProductLabel } from './store/product-label.repository.js';
export { type MetricSeries, type WindowFigure } from './metric-series.js';
export { MetricSampler, type Sample } from './metric-sampler.service.js';
export { MetricsModule } from './metrics.module.js';
export { MetaDto } from './dto/meta.dto.js';
export { RangeQueryDto, SeriesQueryDto } from './dto/range-query.dto.js';
export { TimeFrame } from './time/time-frame.js';
export { type Bucket, type StepName } from './time/step.js';
export { lengthInDays, localDate } from './time/local-day.js';
export { isWholeHours } from './time/zone.js';
export { RANGE_NAMES, type Comparison, type TimeRange } from './time/time-range.js';
// What the rollup builder writes is declared by the same catalogue that the reads use.
export { Catalogue } from './catalogue/catalogue.js';
export { type Metric, type MetricDescription } from './catalogue/metric.js';
export { type PartialBound } from './catalogue/expression.js';
export { type Dimension, type Family } from './catalogue/family.js';
export { FAMILIES } from './catalogue/families.js';
export { coarser, finer, floorTo, LEVEL_MS, LEVELS, ORIGIN_MS, type Level } from './planner/level.js';
export { forgetFirstSeen } from './store/first-seen.repository.js';
export { NewestEventRepository } from './store/newest-event.repository.js';
export { PendingMarks } from './store/pending-marks.js';
export { isBusiness, RetentionPolicy, type KeptFrom } from './planner/retention-policy.js';
export { RollupStateRepository, type Buckets } from './store/rollup-state.repository.js';
export { type EventKeys } from './store/state-query.js';
export { foldRows, type FoldedValues, type RollupRow } from './store/rollup-row.js';
