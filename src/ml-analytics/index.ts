export { MlAnalyticsModule } from './ml-analytics.module.js';
