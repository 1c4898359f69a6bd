import { MICROS_PER_MINUTE } from '../../events/index.js';
import type { EventBatch, EventMinute, LateKeys } from './event-batch.js';

const MS_PER_MINUTE = 60_000;
/** What is later than this may be a backfill, whose minutes are better read whole. */
const NAMED_MINUTES = 60;
/** With no more than this of an older minute it is a late event, for which readers should not have to read its hour or day. */
const MAX_OLDER_KEYS = 5;
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
  for (const [key, { minute, events }] of lateMinutes(batches, until)) {
    const limit = minute >= until - NAMED_MINUTES ? MAX_KEYS : MAX_OLDER_KEYS;
    if (events <= limit) keys.set(key, { ids: [], offsets: [] });
  }
  if (keys.size > 0) for (const batch of batches) addKeys(keys, batch, until);
  return keys;
}

/** How many events of each type and minute that is over there are in all batches. */
function lateMinutes(batches: readonly EventBatch[], until: number): Map<string, { minute: number; events: number }> {
  const minutes = new Map<string, { minute: number; events: number }>();
  for (const total of batches.flatMap((batch) => batch.minutes)) {
    if (total.minute >= until) continue;
    const key = keyOf(total);
    minutes.set(key, { minute: total.minute, events: total.events + (minutes.get(key)?.events ?? 0) });
  }
  return minutes;
}

function addKeys(keys: ReadonlyMap<string, LateKeys>, { events }: EventBatch, until: number): void {
  for (const { type, occurredAtMicros, fields } of events) {
    const minute = Math.floor(occurredAtMicros / MICROS_PER_MINUTE);
    if (minute >= until) continue;
    const known = keys.get(keyOf({ type, minute }));
    known?.ids.push(fields.event_id);
    known?.offsets.push(occurredAtMicros - minute * MICROS_PER_MINUTE);
  }
}
