import type { EventBatch, EventMinute } from './event-batch.js';
import { keyOf, keysOfLateEvents } from './late-events.js';

/** Injection token of a `CommitCompanion[]`. */
export const COMMIT_COMPANIONS = Symbol('COMMIT_COMPANIONS');

/** Something that must be written in the same transaction as the events, or not at all. */
export interface CommitCompanion {
  /**
   * One SQL statement for what a commit brings; undefined for none. It may run before the events are there, takes no
   * parameters (it shares a round trip with the COPY), so every value in it must be a literal that cannot be anything
   * else. It speaks of exactly the events that the transaction adds: known ones are not among them.
   */
  statementFor(minutes: readonly EventMinute[]): string | undefined;
}

/** The statements of all companions for these batches, each ended by a semicolon. */
export function companionSql(
  companions: readonly CommitCompanion[],
  batches: readonly EventBatch[],
  now: Date,
): string {
  if (companions.length === 0) return '';
  const late = keysOfLateEvents(batches, now);
  const minutes = totalMinutes(batches).map((total) => ({ ...total, late: late.get(keyOf(total)) }));
  return companions
    .map((companion) => companion.statementFor(minutes))
    .filter((statement) => statement !== undefined)
    .map((statement) => `${statement};\n`)
    .join('');
}

function totalMinutes(batches: readonly EventBatch[]): EventMinute[] {
  const totals = new Map<string, EventMinute>();
  for (const { type, minute, events } of batches.flatMap((batch) => batch.minutes)) {
    const key = keyOf({ type, minute });
    totals.set(key, { type, minute, events: events + (totals.get(key)?.events ?? 0) });
  }
  return [...totals.values()];
}
