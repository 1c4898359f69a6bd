import { Module } from '@nestjs/common';
import { QueuesModule } from '../platform/queues/index.js';
import { RetentionProcessor } from './jobs/retention.processor.js';
import { RollUpProcessor } from './jobs/roll-up.processor.js';
import { APPLY_RETENTION, ROLL_UP, ROLLUP_SCHEDULES } from './jobs/rollup-jobs.js';
import { MinuteRetention } from './minute-retention.js';
import { RawDaySealing, SealingStores } from './raw-day-sealing.js';
import { RetentionService } from './retention.service.js';
import { ReopenedDays } from './reopened-days.js';
import { RollUpService } from './roll-up.service.js';
import { RollUpWrites } from './roll-up-writes.js';
import { RollupLag, rollupLagProvider } from './rollup-lag.js';
import { RollupScheduler } from './rollup-scheduler.js';
import { RollupMetrics, rollupMetricProviders } from './rollups.metrics.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { MinuteRetentionRepository } from './store/minute-retention.repository.js';
import { RawDayRepository } from './store/raw-day.repository.js';
import { RebuildRepository } from './store/rebuild.repository.js';
import { RollupDatabase } from './store/rollup-database.js';

@Module({
  imports: [QueuesModule.forFeature({ jobs: [ROLL_UP, APPLY_RETENTION], schedules: ROLLUP_SCHEDULES })],
  providers: [
    RollupDatabase,
    RollUpService,
    RollUpWrites,
    RollupScheduler,
    RollUpProcessor,
    RetentionService,
    RawDaySealing,
    SealingStores,
    RetentionProcessor,
    MarkRepository,
    DimensionValueRepository,
    RawDayRepository,
    MinuteRetention,
    MinuteRetentionRepository,
    RebuildRepository,
    ReopenedDays,
    RollupMetrics,
    ...rollupMetricProviders,
    RollupLag,
    rollupLagProvider,
  ],
  exports: [RollupScheduler],
})
export class RollupsModule {}
