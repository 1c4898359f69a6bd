import { Module } from '@nestjs/common';
import { CollectorModule } from '../collector/index.js';
import { NotificationsModule } from '../notifications/index.js';
import { QueuesModule } from '../platform/queues/index.js';
import { AlertCatalogue } from './alert-catalogue.js';
import { EpisodeService } from './episodes/episode.service.js';
import { TransitionWriter } from './episodes/transition-writer.js';
import { AlertEvaluationEngine } from './evaluation/alert-evaluation-engine.service.js';
import { EngineMetrics, engineMetricProviders } from './evaluation/engine.metrics.js';
import { EvaluationTicks } from './evaluation/evaluation-ticks.service.js';
import { RuleSet } from './evaluation/rule-set.service.js';
import { SelfSampling } from './evaluation/self-sampling.service.js';
import { TickWriter } from './evaluation/tick-writer.service.js';
import { WindowReader } from './evaluation/window-reader.service.js';
import { alertSchedules, EVALUATE } from './jobs/alert-jobs.js';
import { EvaluateProcessor } from './jobs/evaluate.processor.js';
import { PreviewRequests } from './preview/preview-requests.service.js';
import { PreviewController } from './preview/preview.controller.js';
import { PreviewService } from './preview/preview.service.js';
import { AlertConfigRepository } from './store/alert-config.repository.js';
import { AlertDatabase } from './store/alert-database.js';
import { AlertStores } from './store/alert-stores.js';
import { ConfigAuditRepository } from './store/config-audit.repository.js';
import { EpisodeRepository } from './store/episode.repository.js';
import { EvaluationNoteRepository } from './store/evaluation-note.repository.js';
import { InstanceStateRepository } from './store/instance-state.repository.js';
import { SilenceRepository } from './store/silence.repository.js';
import { TickRepository } from './store/tick.repository.js';

const STORES = [
  AlertConfigRepository,
  AlertDatabase,
  AlertStores,
  ConfigAuditRepository,
  EpisodeRepository,
  EvaluationNoteRepository,
  InstanceStateRepository,
  SilenceRepository,
  TickRepository,
];

const PREVIEW = [AlertCatalogue, PreviewRequests, PreviewService];

const ENGINE = [
  AlertEvaluationEngine,
  EngineMetrics,
  EvaluateProcessor,
  EvaluationTicks,
  RuleSet,
  SelfSampling,
  TickWriter,
  WindowReader,
  ...engineMetricProviders,
];

@Module({
  imports: [
    CollectorModule,
    NotificationsModule,
    QueuesModule.forFeature({ jobs: [EVALUATE], schedules: alertSchedules }),
  ],
  controllers: [PreviewController],
  providers: [...STORES, ...ENGINE, ...PREVIEW, TransitionWriter, EpisodeService],
})
export class AlertsModule {}
