export { AlertNotifier } from './alert-notifier.service.js';
export { DeliveryLog, type AlertNotification } from './delivery-log.service.js';
export type { AlertNotice, NoticePlan, PlannedDelivery } from './domain/notice.js';
export { NotificationRouting, type RoutedConfig } from './notification-routing.service.js';
export { NotificationsModule } from './notifications.module.js';
export type { TransactionHandle } from './store/transaction.js';
