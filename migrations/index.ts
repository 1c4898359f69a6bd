import { CreateAnalyticsTables1763800000000 } from './1763800000000-create-analytics-tables.js';
import { CreateAlertTables1763800000001 } from './1763800000001-create-alert-tables.js';
import { KeepLastValues1763800000002 } from './1763800000002-keep-last-values.js';
import { CreateMlPricing1763800000003 } from './1763800000003-create-ml-pricing.js';
import { TotalRollupRows1763900000000 } from './1763900000000-total-rollup-rows.js';
import { CreateProductLabels1763900000010 } from './1763900000010-create-product-labels.js';
import { AuditAlertConfigs1763900000040 } from './1763900000040-audit-alert-configs.js';
import { CreateAlertStates1763900000050 } from './1763900000050-create-alert-states.js';
import { CreateNotificationTables1763900000060 } from './1763900000060-create-notification-tables.js';
import { IndexWaitingDeliveries1763900000061 } from './1763900000061-index-waiting-deliveries.js';
import { IndexReleasedDeliveries1763900000062 } from './1763900000062-index-released-deliveries.js';
import { NameLateEvents1763900000080 } from './1763900000080-name-late-events.js';
import { ProveSettledRollups1763900000081 } from './1763900000081-prove-settled-rollups.js';
import { MarkPartialAlerts1796120100000 } from './1796120100000-mark-partial-alerts.js';
import { IndexBusinessAlerts1796120300001 } from './1796120300001-index-business-alerts.js';
import { EndSilences1796120300002 } from './1796120300002-end-silences.js';
import { RecordLateEvaluations1796120300003 } from './1796120300003-record-late-evaluations.js';
import { RetryDeliveriesForHours1796120500000 } from './1796120500000-retry-deliveries-for-hours.js';
import { FoldCollectionsAgain1796120600000 } from './1796120600000-fold-collections-again.js';
import { KeepBusinessMinutes1796120650000 } from './1796120650000-keep-business-minutes.js';
import { KeepFirstOrders1796120900000 } from './1796120900000-keep-first-orders.js';
import { KnowFirstOfAll1796148000000 } from './1796148000000-know-first-of-all.js';

/** Every migration, oldest first. A new one is one file and one entry here. */
export const migrations = [
  CreateAnalyticsTables1763800000000,
  CreateAlertTables1763800000001,
  KeepLastValues1763800000002,
  CreateMlPricing1763800000003,
  TotalRollupRows1763900000000,
  CreateProductLabels1763900000010,
  AuditAlertConfigs1763900000040,
  CreateAlertStates1763900000050,
  CreateNotificationTables1763900000060,
  IndexWaitingDeliveries1763900000061,
  IndexReleasedDeliveries1763900000062,
  NameLateEvents1763900000080,
  ProveSettledRollups1763900000081,
  MarkPartialAlerts1796120100000,
  IndexBusinessAlerts1796120300001,
  EndSilences1796120300002,
  RecordLateEvaluations1796120300003,
  RetryDeliveriesForHours1796120500000,
  FoldCollectionsAgain1796120600000,
  KeepBusinessMinutes1796120650000,
  KeepFirstOrders1796120900000,
  KnowFirstOfAll1796148000000,
];
