import { Module } from '@nestjs/common';
import { CollectorModule } from '../collector/index.js';
import { NotificationsModule } from '../notifications/index.js';
import { EpisodeService } from './episodes/episode.service.js';
import { TransitionWriter } from './episodes/transition-writer.js';
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

@Module({
  imports: [CollectorModule, NotificationsModule],
  providers: [...STORES, TransitionWriter, EpisodeService],
})
export class AlertsModule {}
