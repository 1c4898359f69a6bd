import { HOUR_MS, SLOT_MS } from './plan.js';
import type { DraftEvent } from './timeline.js';

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/** Writes a slot's events as JSON texts. */
export function writeSlot(slot: number, events: DraftEvent[]): string[] {
  const hourMs = Math.floor((slot * SLOT_MS) / HOUR_MS) * HOUR_MS;
  const hourText = new Date(hourMs).toISOString().slice(0, 14);
  return events.map(({ ids, idNumber, atMs, fields }) => {
    // Put together, not set as members: an object that grows after it was made is slow to write.
    const identity = `"event_id":"${ids.text(idNumber)}","occurred_at":"${hourText}${withinHour(atMs - hourMs)}Z"`;
    return `{${identity},"source":"demo-shop",${JSON.stringify(fields).slice(1)}`;
  });
}

function withinHour(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const fraction = String(1000 + (ms - seconds * 1000)).slice(1);
  return `${TWO_DIGITS[Math.floor(seconds / 60)]}:${TWO_DIGITS[seconds % 60]}.${fraction}`;
}
