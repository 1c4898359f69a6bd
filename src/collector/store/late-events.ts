import { MICROS_PER_MINUTE } from '../../events/index.js';
import type { EventBatch, EventMinute, LateKeys } from './event-batch.js';

const MS_PER_MINUTE = 60_000;
/** What is later than this has mostly come to stay (a backfill), and its minutes are better read whole. */
const NAMED_MINUTES = 60;
/** A commit takes about as long: what is sent in the last second of a minute lands when that is being rolled up. */
const COMMIT_MS = 1_000;
/** Of one type and minute in one commit. With more, reading the minute again is the cheaper way. */
const MAX_KEYS = 1_000;

/** Where the late events of a type and minute stand in the result. */
export function keyOf({ type, minute }: Pick<EventMinute, 'type' | 'minute'>): string {
  return `${type} ${minute}`;
}

/**
 * The events whose minute is over, or will be when they are committed: it has been rolled up, so that only they have to
 * be added. A minute with too many of them is left out.
 */
export function keysOfLateEvents(batches: readonly EventBatch[], now: Date): ReadonlyMap<string, LateKeys> {
  const until = Math.floor((now.getTime() + COMMIT_MS) / MS_PER_MINUTE);
  const keys = new Map<string, LateKeys>();
  for (const batch of batches) {
    if (batch.minutes.some(({ minute }) => isLate(minute, until))) addKeys(keys, batch, until);
  }
  for (const [key, { ids }] of keys) if (ids.length > MAX_KEYS) keys.delete(key);
  return keys;
}

function addKeys(keys: Map<string, LateKeys>, { events }: EventBatch, until: number): void {
  for (const { type, occurredAtMicros, fields } of events) {
    const minute = Math.floor(occurredAtMicros / MICROS_PER_MINUTE);
    if (!isLate(minute, until)) continue;
    const key = keyOf({ type, minute });
    const known = keys.get(key) ?? { ids: [], offsets: [] };
    known.ids.push(fields.event_id);
    known.offsets.push(occurredAtMicros - minute * MICROS_PER_MINUTE);
    keys.set(key, known);
  }
}

function isLate(minute: number, until: number): boolean {
  return minute < until && minute >= until - NAMED_MINUTES;
}
