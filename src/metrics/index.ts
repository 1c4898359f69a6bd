export { joinProvenance, readMeta, type ReadMeta } from './meta.js';
export { MetricReader, type MetricAnswer, type MetricRow, type Provenance } from './metric-reader.service.js';
export { MetricsModule } from './metrics.module.js';
export { MetaDto } from './dto/meta.dto.js';
export { RangeQueryDto, SeriesQueryDto } from './dto/range-query.dto.js';
export { TimeFrame } from './time/time-frame.js';
export { type Bucket } from './time/step.js';
export { type TimeRange } from './time/time-range.js';
