import { COMMON_FIELDS, EVENT_TYPE_NAMES, EVENT_TYPES, fieldsOf, type EventType } from './event-types.js';
import type { ColumnType, Field } from './fields.js';

/** A column of `analytics_events` and the field of the same name that it keeps. */
export interface EventColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Every column that a sender fills, in the order in which rows are written. `received_at` is the database's own. */
export const EVENT_COLUMNS: readonly EventColumn[] = collectColumns();

/** The names of the columns that an event of `type` can fill. */
export function columnsOf(type: EventType): ReadonlySet<string> {
  return new Set(['event_type', ...Object.keys(fieldsOf(type))]);
}

function collectColumns(): EventColumn[] {
  const { properties, ...head } = COMMON_FIELDS;
  const columns = new Map<string, ColumnType>([['event_type', 'text']]);
  for (const fields of [head, ...EVENT_TYPE_NAMES.map(ownFields), { properties }]) {
    for (const [name, { columnType }] of Object.entries<Field>(fields)) {
      const known = columns.get(name);
      if (known && known !== columnType) throw new Error(`Field ${name} is declared both ${known} and ${columnType}.`);
      columns.set(name, columnType);
    }
  }
  return [...columns].map(([name, type]) => ({ name, type }));
}

function ownFields(type: EventType): Record<string, Field> {
  return { ...EVENT_TYPES[type].required, ...EVENT_TYPES[type].optional };
}
