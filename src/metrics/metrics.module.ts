import { Global, Module } from '@nestjs/common';
import { Catalogue } from './catalogue/catalogue.js';
import { FAMILIES } from './catalogue/families.js';
import { METRICS } from './catalogue/metrics.js';
import { Estimates } from './estimates.js';
import { MetricReader } from './metric-reader.service.js';
import { RetentionPolicy } from './planner/retention-policy.js';
import { MetricSampler } from './metric-sampler.service.js';
import { LateEventReads } from './store/late-event-reads.js';
import { MetricStateRepository } from './store/metric-state.repository.js';
import { NewestEventRepository } from './store/newest-event.repository.js';
import { PendingMarks } from './store/pending-marks.js';
import { RollupStateRepository } from './store/rollup-state.repository.js';
import { RollupReads } from './store/rollup-reads.js';
import { SampleRepository } from './store/sample.repository.js';
import { SettledStates } from './store/settled-states.js';
import { SlicedRawReads } from './store/sliced-raw-reads.js';
import { TimeFrame } from './time/time-frame.js';

@Global()
@Module({
  providers: [
    { provide: Catalogue, useFactory: () => new Catalogue(FAMILIES, METRICS) },
    Estimates,
    MetricStateRepository,
    MetricReader,
    MetricSampler,
    NewestEventRepository,
    PendingMarks,
    RetentionPolicy,
    RollupStateRepository,
    RollupReads,
    SampleRepository,
    LateEventReads,
    SlicedRawReads,
    { provide: SettledStates, useFactory: () => new SettledStates() },
    TimeFrame,
  ],
  exports: [
    Estimates,
    MetricReader,
    MetricSampler,
    NewestEventRepository,
    Catalogue,
    PendingMarks,
    RetentionPolicy,
    RollupStateRepository,
    TimeFrame,
  ],
})
export class MetricsModule {}
