import { Module } from '@nestjs/common';
import { QueuesModule } from '../platform/queues/index.js';
import { AlertNotifier } from './alert-notifier.service.js';
import { DeliveryChannels } from './channels/delivery-channels.js';
import { EmailNotificationService } from './channels/email-notification.service.js';
import { InAppChannel } from './channels/in-app.channel.js';
import { SlackChannel } from './channels/slack.channel.js';
import { SmsChannel } from './channels/sms.channel.js';
import { DeliveryDispatcher } from './delivery/delivery-dispatcher.js';
import { DeliveryRecorder } from './delivery/delivery-recorder.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { FallbackPlanner } from './delivery/fallback-planner.js';
import { LatenessWatchdog } from './delivery/lateness-watchdog.js';
import { OutboxSweeper } from './delivery/outbox-sweeper.js';
import { DeliveryLog } from './delivery-log.service.js';
import {
  DeliverEmailProcessor,
  DeliverInAppProcessor,
  DeliverSlackProcessor,
  DeliverSmsProcessor,
} from './jobs/deliver.processors.js';
import { DELIVER } from './jobs/delivery-jobs.js';
import { InboxController } from './inbox/inbox.controller.js';
import { InboxService } from './inbox/inbox.service.js';
import { MessageRenderer } from './messages/message-renderer.js';
import { NotificationRouting } from './notification-routing.service.js';
import { NotificationsHealth } from './notifications.health.js';
import { NotificationMetrics, notificationMetricProviders, sloGaugeProvider } from './notifications.metrics.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { PreferencesService } from './preferences/preferences.service.js';
import { WebhookGuard } from './preferences/webhook-guard.js';
import { DeliveriesController } from './slo/deliveries.controller.js';
import { SloService } from './slo/slo.service.js';
import { LatenessRepository } from './store/lateness.repository.js';
import { DeliveryLogRepository } from './store/delivery-log.repository.js';
import { DeliveryRepository } from './store/delivery.repository.js';
import { FutureDueTimeRepository } from './store/future-due-time.repository.js';
import { InboxRepository } from './store/inbox.repository.js';
import { OutboxRepository } from './store/outbox.repository.js';
import { PreferenceRepository } from './store/preference.repository.js';
import { ReleaseRepository } from './store/release.repository.js';
import { SloRepository } from './store/slo.repository.js';

const CHANNELS = [DeliveryChannels, EmailNotificationService, InAppChannel, SlackChannel, SmsChannel, MessageRenderer];
const DELIVERY = [
  DeliveryDispatcher,
  DeliveryRecorder,
  DeliveryService,
  FallbackPlanner,
  LatenessWatchdog,
  OutboxSweeper,
];
const PROCESSORS = [DeliverEmailProcessor, DeliverInAppProcessor, DeliverSlackProcessor, DeliverSmsProcessor];
const REPOSITORIES = [
  DeliveryLogRepository,
  DeliveryRepository,
  FutureDueTimeRepository,
  InboxRepository,
  LatenessRepository,
  OutboxRepository,
  PreferenceRepository,
  ReleaseRepository,
  SloRepository,
];
const API = [InboxService, PreferencesService, SloService, WebhookGuard];

@Module({
  imports: [QueuesModule.forFeature({ jobs: Object.values(DELIVER) })],
  controllers: [InboxController, PreferencesController, DeliveriesController],
  providers: [
    AlertNotifier,
    DeliveryLog,
    NotificationRouting,
    NotificationMetrics,
    NotificationsHealth,
    sloGaugeProvider,
    ...notificationMetricProviders,
    ...API,
    ...CHANNELS,
    ...DELIVERY,
    ...PROCESSORS,
    ...REPOSITORIES,
  ],
  exports: [AlertNotifier, DeliveryLog, NotificationRouting],
})
export class NotificationsModule {}
