export { AnalyticsEventCollector, type NewEvent } from './analytics-event-collector.js';
export { CollectorModule } from './collector.module.js';
export { DeadLetters } from './dead-letters.service.js';
export { EventJournal, type JournalEvent } from './store/event-journal.repository.js';
