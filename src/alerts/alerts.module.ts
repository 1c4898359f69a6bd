import { Module } from '@nestjs/common';
import { CollectorModule } from '../collector/index.js';
import { NotificationsModule } from '../notifications/index.js';
import { QueuesModule } from '../platform/queues/index.js';
import { AlertCatalogue } from './alert-catalogue.js';
import { AlertChangeFeed } from './alert-change-feed.js';
import { AlertChanges } from './alert-changes.js';
import { AlertConfigsController } from './configs/alert-configs.controller.js';
import { AlertConfigsService } from './configs/alert-configs.service.js';
import { ConfigAuditService } from './configs/config-audit.service.js';
import { ConfigLint } from './configs/config-lint.js';
import { ConfigTransferController } from './configs/config-transfer.controller.js';
import { ConfigTransferService } from './configs/config-transfer.service.js';
import { ConfigWriter } from './configs/config-writer.js';
import { RuleReader } from './configs/rule-reader.js';
import { TestNoticeService } from './configs/test-notice.service.js';
import { EpisodeService } from './episodes/episode.service.js';
import { SilencedResolutions } from './episodes/silenced-resolutions.js';
import { TransitionWriter } from './episodes/transition-writer.js';
import { AlertEvaluationEngine } from './evaluation/alert-evaluation-engine.service.js';
import { DatabaseSamples } from './evaluation/database-samples.js';
import { EngineMetrics, engineMetricProviders } from './evaluation/engine.metrics.js';
import { EvaluationHealth } from './evaluation/evaluation.health.js';
import { EvaluationLog } from './evaluation/evaluation-log.service.js';
import { EvaluationTicks } from './evaluation/evaluation-ticks.service.js';
import { KnownGroups } from './evaluation/known-groups.service.js';
import { FutureTicks } from './evaluation/future-ticks.js';
import { RuleSet } from './evaluation/rule-set.service.js';
import { SelfSampling } from './evaluation/self-sampling.service.js';
import { TickWriter } from './evaluation/tick-writer.service.js';
import { WindowReader } from './evaluation/window-reader.service.js';
import { ActiveAlerts } from './history/active-alerts.js';
import { AlertHistoryService } from './history/alert-history.service.js';
import { AlertResponseController } from './history/alert-response.controller.js';
import { AlertResponseService } from './history/alert-response.service.js';
import { AlertStatsService } from './history/alert-stats.service.js';
import { AlertsController } from './history/alerts.controller.js';
import { alertSchedules, EVALUATE } from './jobs/alert-jobs.js';
import { EvaluateProcessor } from './jobs/evaluate.processor.js';
import { PreviewRequests } from './preview/preview-requests.service.js';
import { PreviewController } from './preview/preview.controller.js';
import { PreviewService } from './preview/preview.service.js';
import { SilencesController } from './silences/silences.controller.js';
import { SilencesService } from './silences/silences.service.js';
import { AlertConfigRepository } from './store/alert-config.repository.js';
import { AlertDatabase } from './store/alert-database.js';
import { AlertStatsRepository } from './store/alert-stats.repository.js';
import { AlertStores } from './store/alert-stores.js';
import { AlertRepository } from './store/alert.repository.js';
import { ConfigAuditRepository } from './store/config-audit.repository.js';
import { EpisodeRepository } from './store/episode.repository.js';
import { EvaluationIncidentRepository } from './store/evaluation-incident.repository.js';
import { EvaluationNoteRepository } from './store/evaluation-note.repository.js';
import { FutureInstantRepository } from './store/future-instant.repository.js';
import { InstanceStateRepository } from './store/instance-state.repository.js';
import { SilenceRepository } from './store/silence.repository.js';
import { SilencedResolutionRepository } from './store/silenced-resolution.repository.js';
import { TickRepository } from './store/tick.repository.js';

const STORES = [
  AlertConfigRepository,
  AlertDatabase,
  AlertRepository,
  AlertStatsRepository,
  AlertStores,
  ConfigAuditRepository,
  EpisodeRepository,
  EvaluationIncidentRepository,
  EvaluationNoteRepository,
  FutureInstantRepository,
  InstanceStateRepository,
  SilenceRepository,
  SilencedResolutionRepository,
  TickRepository,
];

const CONFIGS = [
  AlertCatalogue,
  AlertConfigsService,
  ConfigAuditService,
  ConfigLint,
  ConfigTransferService,
  ConfigWriter,
  RuleReader,
  SilencesService,
  TestNoticeService,
];

const PREVIEW = [PreviewRequests, PreviewService];

const ENGINE = [
  AlertEvaluationEngine,
  DatabaseSamples,
  EngineMetrics,
  EvaluateProcessor,
  EvaluationHealth,
  EvaluationLog,
  EvaluationTicks,
  FutureTicks,
  KnownGroups,
  RuleSet,
  SelfSampling,
  TickWriter,
  WindowReader,
  ...engineMetricProviders,
];

const HISTORY = [ActiveAlerts, AlertHistoryService, AlertResponseService, AlertStatsService];

@Module({
  imports: [
    CollectorModule,
    NotificationsModule,
    QueuesModule.forFeature({ jobs: [EVALUATE], schedules: alertSchedules }),
  ],
  controllers: [
    AlertsController,
    AlertResponseController,
    AlertConfigsController,
    PreviewController,
    ConfigTransferController,
    SilencesController,
  ],
  providers: [
    ...STORES,
    ...CONFIGS,
    ...ENGINE,
    ...PREVIEW,
    ...HISTORY,
    SilencedResolutions,
    TransitionWriter,
    EpisodeService,
    AlertChanges,
    AlertChangeFeed,
  ],
  exports: [ActiveAlerts, AlertChanges],
})
export class AlertsModule {}
