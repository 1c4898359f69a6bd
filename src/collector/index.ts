export { AnalyticsEventCollector, type NewEvent } from './analytics-event-collector.js';
export { CollectorModule } from './collector.module.js';
export { DeadLetters } from './dead-letters.service.js';
