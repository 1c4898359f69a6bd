export { ActiveAlerts, type ActiveAlertsSummary } from './history/active-alerts.js';
export { AlertDto } from './dto/alert.dto.js';
export { AlertsModule } from './alerts.module.js';
