import { AlertConfigChangeEntity } from './alert-config-change.entity.js';
import { AlertConfigEntity } from './alert-config.entity.js';
import { AlertEngineEntity } from './alert-engine.entity.js';
import { AlertEvaluationIncidentEntity } from './alert-evaluation-incident.entity.js';
import { AlertEvaluationNoteEntity } from './alert-evaluation-note.entity.js';
import { AlertHistoryEntity } from './alert-history.entity.js';
import { AlertSilenceEntity } from './alert-silence.entity.js';
import { AlertSilencedResolutionEntity } from './alert-silenced-resolution.entity.js';
import { AlertStateEntity } from './alert-state.entity.js';
import { AlertTransitionEntity } from './alert-transition.entity.js';
import { AnalyticsEventEntity } from './analytics-event.entity.js';
import { AnalyticsRollupEntity } from './analytics-rollup.entity.js';
import { FirstSeenEntity } from './first-seen.entity.js';
import { InAppNotificationEntity } from './in-app-notification.entity.js';
import { InAppReadEntity } from './in-app-read.entity.js';
import { MlPriceEntity } from './ml-price.entity.js';
import { MlPricingChangeEntity } from './ml-pricing-change.entity.js';
import { NotificationDeliveryEntity } from './notification-delivery.entity.js';
import { NotificationNoticeEntity } from './notification-notice.entity.js';
import { NotificationPreferenceEntity } from './notification-preference.entity.js';
import { ProductLabelEntity } from './product-label.entity.js';
import { RawDayEntity } from './raw-day.entity.js';
import { RejectedEventEntity } from './rejected-event.entity.js';
import { RollupDimensionValueEntity } from './rollup-dimension-value.entity.js';
import { RollupInvalidationEntity } from './rollup-invalidation.entity.js';
import { ScheduleTickEntity } from './schedule-tick.entity.js';

/** Every table that TypeORM knows of. A new table is one entity file and one entry here. */
export const entities = [
  AnalyticsEventEntity,
  AnalyticsRollupEntity,
  RollupInvalidationEntity,
  RollupDimensionValueEntity,
  RawDayEntity,
  RejectedEventEntity,
  AlertConfigEntity,
  AlertConfigChangeEntity,
  AlertHistoryEntity,
  AlertSilenceEntity,
  AlertSilencedResolutionEntity,
  AlertStateEntity,
  AlertTransitionEntity,
  AlertEngineEntity,
  AlertEvaluationIncidentEntity,
  AlertEvaluationNoteEntity,
  ScheduleTickEntity,
  MlPriceEntity,
  MlPricingChangeEntity,
  NotificationNoticeEntity,
  NotificationDeliveryEntity,
  InAppNotificationEntity,
  InAppReadEntity,
  NotificationPreferenceEntity,
  ProductLabelEntity,
  FirstSeenEntity,
];
