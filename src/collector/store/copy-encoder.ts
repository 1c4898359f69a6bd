import {
  columnsOf,
  EVENT_COLUMNS,
  EVENT_TYPE_NAMES,
  type EventColumn,
  type EventType,
  type PreparedEvent,
} from '../../events/index.js';

/** The columns of a row, in the order in which `encodeRow` writes them. */
export const COPY_COLUMNS = EVENT_COLUMNS.map(({ name }) => name).join(', ');

const NULL = '\\N';
const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A column that this type of event can fill, after the constant text that precedes it. */
interface Cell {
  readonly lead: string;
  readonly name: string;
  readonly kind: 'plain' | 'escaped' | 'occurred_at' | 'properties' | 'items';
}

interface RowLayout {
  readonly cells: readonly Cell[];
  /** The columns after the last that the type can fill, and the end of the line. */
  readonly tail: string;
}

const layouts = Object.fromEntries(EVENT_TYPE_NAMES.map((type) => [type, layoutOf(type)])) as Record<
  EventType,
  RowLayout
>;

/** One line of PostgreSQL's COPY text format. Columns that the type cannot fill are constants, prepared once. */
export function encodeRow(event: PreparedEvent): string {
  const { cells, tail } = layouts[event.type];
  let row = '';
  for (const { lead, name, kind } of cells) row += lead + encodeCell(event, name, kind);
  return row + tail;
}

function encodeCell(event: PreparedEvent, name: string, kind: Cell['kind']): string {
  if (kind === 'occurred_at') return event.occurredAt;
  if (kind === 'properties') return event.propertiesJson === undefined ? NULL : escape(event.propertiesJson);
  if (kind === 'items') return event.itemsJson === undefined ? NULL : escape(event.itemsJson);
  const value = event.fields[name] as string | number | boolean | undefined;
  if (value === undefined) return NULL;
  return kind === 'escaped' ? escape(value as string) : String(value);
}

function escape(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character]!) : text;
}

function layoutOf(type: EventType): RowLayout {
  const fillable = columnsOf(type);
  const cells: Cell[] = [];
  let lead = '';
  EVENT_COLUMNS.forEach((column, index) => {
    if (index > 0) lead += '\t';
    if (!fillable.has(column.name)) {
      lead += NULL;
      return;
    }
    cells.push({ lead, name: column.name, kind: kindOf(column) });
    lead = '';
  });
  return { cells, tail: `${lead}\n` };
}

function kindOf({ name, type }: EventColumn): Cell['kind'] {
  if (name === 'occurred_at' || name === 'properties' || name === 'items') return name;
  return type === 'text' ? 'escaped' : 'plain';
}
