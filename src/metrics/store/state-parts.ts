import type { EntityManager } from 'typeorm';
import type { StateNeeds, Statement } from './state-query.js';
import { run, statesOf, type StateRead } from './state-read.js';
import { toStateRow, type DriverRow, type StateRow } from './state-row.js';

/** A statement of states, and the read that they are of. */
export interface StatePart {
  readonly read: StateRead;
  readonly statement: Statement;
}

type PlacedRow = DriverRow & { place: number };

/**
 * Runs statements of states as one: an answer of several families otherwise goes to the database and back for each of
 * them, which takes longer than what most of them do there.
 * @returns the rows of each part
 */
export async function readParts(tx: EntityManager, parts: readonly StatePart[]): Promise<StateRow[][]> {
  const [first, ...others] = parts;
  if (!first) return [];
  if (others.length === 0) return [await statesOf(tx, first.read, first.statement)];
  const rows: StateRow[][] = parts.map(() => []);
  for (const row of await run<PlacedRow>(tx, joinedStatement(parts))) {
    const part = parts[row.place];
    if (part) rows[row.place]?.push(toStateRow(row, part.read));
  }
  return rows;
}

interface StateColumn {
  readonly name: string;
  readonly type: string;
  readonly isIn: (needs: StateNeeds) => boolean;
}

/** What a state has beside its count and sums, and when. */
const STATE_COLUMNS: readonly StateColumn[] = [
  { name: 'value_sum', type: 'float8', isIn: hasValue },
  { name: 'value_min', type: 'float8', isIn: hasValue },
  { name: 'value_max', type: 'float8', isIn: hasValue },
  { name: 'sketch', type: 'bytea', isIn: ({ sketch }) => sketch },
  { name: 'distinct_sketch', type: 'bytea', isIn: ({ distinct }) => distinct },
  { name: 'last_value', type: 'numeric', isIn: ({ last }) => last },
  { name: 'last_at', type: 'timestamptz', isIn: ({ last }) => last },
];

function hasValue({ value, sketch }: StateNeeds): boolean {
  return value || sketch;
}

/** Every part has the same columns, NULL where it has none of its own; `place` tells the parts apart. */
function joinedStatement(parts: readonly StatePart[]): Statement {
  const parameters: unknown[] = [];
  const columnsOf = columnsFor(parts.map(({ read }) => read));
  const selects = parts.map(({ read, statement }, place) => {
    const sql = renumbered(statement.sql, parameters.length);
    parameters.push(...statement.parameters);
    return `SELECT ${place} AS place, ${columnsOf(read)} FROM (${sql}) part`;
  });
  return { sql: selects.join('\nUNION ALL\n'), parameters };
}

function columnsFor(reads: readonly StateRead[]): (read: StateRead) => string {
  const dimensionCount = Math.max(...reads.map(({ dimensions }) => dimensions.length));
  const sumCount = Math.max(...reads.map(({ needs }) => needs.sums.length));
  const stateColumns = STATE_COLUMNS.filter(({ isIn }) => reads.some(({ needs }) => isIn(needs)));
  return ({ dimensions, needs }) =>
    [
      'part.bucket',
      'part.count',
      ...padded('d', dimensions.length, dimensionCount),
      // As text, which is exact whether the sum is numeric or floating point.
      ...padded('m', needs.sums.length, sumCount),
      ...stateColumns.map(({ name, type, isIn }) => `${isIn(needs) ? `part.${name}` : 'NULL'}::${type} AS ${name}`),
    ].join(', ');
}

function padded(letter: string, own: number, all: number): string[] {
  return Array.from({ length: all }, (_, at) => `${at < own ? `part.${letter}${at}` : 'NULL'}::text AS ${letter}${at}`);
}

/** The statement with its parameters counted from `before` on. */
function renumbered(sql: string, before: number): string {
  return sql.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + before}`);
}
