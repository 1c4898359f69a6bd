import { Module } from '@nestjs/common';
import { AlertNotifier } from './alert-notifier.service.js';
import { DeliveryLog } from './delivery-log.service.js';
import { NotificationRouting } from './notification-routing.service.js';
import { DeliveryLogRepository } from './store/delivery-log.repository.js';
import { OutboxRepository } from './store/outbox.repository.js';
import { PreferenceRepository } from './store/preference.repository.js';

@Module({
  providers: [
    AlertNotifier,
    DeliveryLog,
    NotificationRouting,
    DeliveryLogRepository,
    OutboxRepository,
    PreferenceRepository,
  ],
  exports: [AlertNotifier, DeliveryLog, NotificationRouting],
})
export class NotificationsModule {}
