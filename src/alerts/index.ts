export { ActiveAlerts, type ActiveAlertsSummary } from './history/active-alerts.js';
export { AlertChanges } from './alert-changes.js';
export { ALERT_EXAMPLE } from './dto/examples.js';
export { AlertDto } from './dto/alert.dto.js';
export { AlertsModule } from './alerts.module.js';
