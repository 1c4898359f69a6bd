import { randomFillSync } from 'node:crypto';
import { makeEvents } from './events.js';

const TEMPLATES = 20;
const ID = /"event_id":"/g;
const TIME = /"occurred_at":"/g;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** One event in twenty is late, by up to this. */
const LATE_SHARE = 0.05;
const LATE_MS = 600_000;

/**
 * Bodies of new events of this moment, made by writing ids and times over those of templates: making them from scratch
 * would take more processor than the service does.
 *
 * @returns {() => Buffer} the body; it is overwritten when its template's turn comes again
 */
export function freshBatches(eventsPerBatch) {
  const templates = Array.from({ length: TEMPLATES }, (_, index) => templateOf(eventsPerBatch, index + 1));
  const random = Buffer.alloc(16);
  let turn = 0;
  return () => {
    const { body, ids, times } = templates[turn++ % TEMPLATES];
    const now = Date.now();
    const time = new Date(now).toISOString();
    for (const [index, at] of ids.entries()) {
      body.latin1Write(uuid(randomFillSync(random)), at);
      const late = Math.random() < LATE_SHARE;
      body.latin1Write(late ? new Date(now - Math.random() * LATE_MS).toISOString() : time, times[index]);
    }
    return Buffer.from(body);
  };
}

function templateOf(eventsPerBatch, seed) {
  const text = JSON.stringify({ events: makeEvents(eventsPerBatch, seed, Date.now()) });
  // Offsets of characters are offsets of bytes: the events are ASCII.
  return { body: Buffer.from(text, 'latin1'), ids: ends(text, ID), times: ends(text, TIME) };
}

function ends(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => match.index + match[0].length);
}

function uuid(bytes) {
  const hex = (from, to) => Array.from(bytes.subarray(from, to), (byte) => HEX[byte]).join('');
  return `${hex(0, 4)}-${hex(4, 6)}-4${hex(6, 8).slice(1)}-a${hex(8, 10).slice(1)}-${hex(10, 16)}`;
}
