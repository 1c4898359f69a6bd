export { TelemetryModule } from './telemetry.module.js';
export { makeCollectedGaugeProvider, type CollectedGauge } from './collected-gauge.js';
