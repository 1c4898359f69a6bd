import {
  columnsOf,
  EVENT_COLUMNS,
  EVENT_TYPE_NAMES,
  type EventColumn,
  type EventType,
  type PreparedEvent,
} from '../../events/index.js';
import type { CopyText } from './copy-text.js';

/** The columns of a row, in the order in which `writeRow` writes them. */
export const COPY_COLUMNS = EVENT_COLUMNS.map(({ name }) => name).join(', ');

const NULL = '\\N';

/** A column that this type of event can fill, after the constant text that precedes it. */
interface Cell {
  readonly lead: Buffer;
  readonly name: string;
  readonly kind: 'plain' | 'text' | 'occurred_at' | 'properties' | 'items';
}

interface RowLayout {
  readonly cells: readonly Cell[];
  /** The columns after the last that the type can fill, and the end of the line. */
  readonly tail: Buffer;
}

const layouts = Object.fromEntries(EVENT_TYPE_NAMES.map((type) => [type, layoutOf(type)])) as Record<
  EventType,
  RowLayout
>;

/**
 * Appends one line of PostgreSQL's COPY text format. Columns that the type cannot fill are constants, prepared once.
 * False, and `into` is as before, when the event has text that cannot be stored.
 */
export function writeRow(event: PreparedEvent, into: CopyText): boolean {
  const { cells, tail } = layouts[event.type];
  const start = into.size;
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index]!;
    into.constant(cell.lead);
    if (writeCell(event, cell, into)) continue;
    into.cutBack(start);
    return false;
  }
  into.constant(tail);
  return true;
}

function writeCell(event: PreparedEvent, { name, kind }: Cell, into: CopyText): boolean {
  if (kind === 'occurred_at') into.plain(event.occurredAt);
  else if (kind === 'properties') return writeOptional(event.propertiesJson, into);
  else if (kind === 'items') return writeOptional(event.itemsJson, into);
  else {
    const value = event.fields[name] as string | number | boolean | undefined;
    if (value === undefined) into.plain(NULL);
    else if (kind === 'text') return into.value(value as string);
    else into.plain(String(value));
  }
  return true;
}

function writeOptional(json: string | undefined, into: CopyText): boolean {
  if (json !== undefined) return into.value(json);
  into.plain(NULL);
  return true;
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
    cells.push({ lead: Buffer.from(lead), name: column.name, kind: kindOf(column) });
    lead = '';
  });
  return { cells, tail: Buffer.from(`${lead}\n`) };
}

function kindOf({ name, type }: EventColumn): Cell['kind'] {
  if (name === 'occurred_at' || name === 'properties' || name === 'items') return name;
  return type === 'text' ? 'text' : 'plain';
}
