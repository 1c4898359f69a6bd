export { isReadableCurrency, minorUnitDigits } from '../platform/currency/index.js';
export { EVENT_COLUMNS, columnsOf, type EventColumn } from './event-columns.js';
export { newEventId } from './event-id.js';
export { EVENT_SCHEMAS } from './event.schema.js';
export { ASSET_STAGES, EVENT_TYPE_NAMES, PIPELINES, type EventType, type Pipeline } from './event-types.js';
export { formatDay, formatInstant, MICROS_PER_DAY, MICROS_PER_MINUTE, parseInstant } from './instant.js';
export { prepareEvent, type Circumstances, type PreparedEvent } from './prepare-event.js';
export { foldToSlug } from './slug.js';
export { findUnstorable, isStorableText } from './storable.js';
