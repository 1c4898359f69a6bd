import { Module } from '@nestjs/common';
import { PendingMarks } from '../metrics/index.js';
import { BodyBudget } from '../platform/http/index.js';
import { AnalyticsEventCollector } from './analytics-event-collector.js';
import { BufferDepth, bufferDepthProvider } from './buffer-depth.metrics.js';
import { CollectorMetrics, collectorMetricProviders } from './collector.metrics.js';
import { DeadLetterReplay } from './dead-letter-replay.service.js';
import { DeadLetters } from './dead-letters.service.js';
import { EventAdmission } from './event-admission.service.js';
import { EventBrowser } from './event-browser.service.js';
import { EventCommit } from './event-commit.js';
import { EventIntake } from './event-intake.service.js';
import { EventsController } from './events.controller.js';
import { GroupCommitWriter } from './group-commit-writer.js';
import { IngestPace } from './ingest-pace.js';
import { RequestRecorder } from './request-recorder.js';
import { COMMIT_COMPANIONS, type CommitCompanion } from './store/commit-companion.js';
import { EventJournal } from './store/event-journal.repository.js';
import { EventWriterRepository } from './store/event-writer.repository.js';
import { EventRepository } from './store/event.repository.js';
import { RejectedEventRepository } from './store/rejected-event.repository.js';
import { RollupBacklogRepository } from './store/rollup-backlog.repository.js';

/** The way in: over HTTP, from inside this process, and what becomes of events that are refused. */
@Module({
  controllers: [EventsController],
  providers: [
    ...collectorMetricProviders,
    bufferDepthProvider,
    // What has to commit together with the events: see CommitCompanion.
    {
      provide: COMMIT_COMPANIONS,
      inject: [PendingMarks],
      useFactory: (...companions: CommitCompanion[]) => companions,
    },
    AnalyticsEventCollector,
    BufferDepth,
    CollectorMetrics,
    DeadLetterReplay,
    DeadLetters,
    EventAdmission,
    EventBrowser,
    EventCommit,
    EventIntake,
    EventJournal,
    EventRepository,
    EventWriterRepository,
    GroupCommitWriter,
    IngestPace,
    RejectedEventRepository,
    RequestRecorder,
    RollupBacklogRepository,
  ],
  exports: [AnalyticsEventCollector, DeadLetters, EventJournal],
})
export class CollectorModule {
  constructor(bodies: BodyBudget, metrics: CollectorMetrics) {
    bodies.onRefused(() => metrics.overloaded('bodies'));
  }
}
