import { isUtf8 } from 'node:buffer';
import { lineEventId, timeOfUuidV7 } from './event-identity.js';
import { findMember, prependMembers } from './json-member.js';
import { MAX_LINE_BYTES, type Line } from './line-splitter.js';
import { DAY_MS, shiftTimestamp } from './time-shift.js';

/** What becomes of a line: an event's JSON text to send, a refusal, or nothing. */
export type PreparedLine = { kind: 'event'; json: string } | { kind: 'rejected'; reason: string } | { kind: 'blank' };

export interface LineTreatment {
  fileSha256: string;
  /** 0: times are sent as they are. */
  shiftDays: number;
}

const BYTE_ORDER_MARK = '\ufeff';
const NO_TIME =
  'has neither occurred_at nor a UUIDv7 as event_id: a file cannot mean "now", and without a time a repeat could not be told from a new event';

/** Reads a line only as far as is needed to send it; whether the event is right is for the service to say. */
export function prepareLine(line: Line, treatment: LineTreatment): PreparedLine {
  const read = readLine(line);
  if (read.kind !== 'object') return read;
  const { json, event } = read;
  const hasTime = 'occurred_at' in event;
  if ('event_id' in event && !hasTime) return { kind: 'event', json: withTimeOfId(json, event, treatment.shiftDays) };
  if (!hasTime) return { kind: 'rejected', reason: NO_TIME };
  const timed = withShiftedTime(json, event['occurred_at'], treatment.shiftDays);
  if ('event_id' in event) return { kind: 'event', json: timed };
  return { kind: 'event', json: prependMembers(timed, { event_id: lineEventId(treatment.fileSha256, line.number) }) };
}

/** The line's JSON object, or why it is none. */
export function readLine(
  line: Line,
): { kind: 'object'; json: string; event: Record<string, unknown> } | Exclude<PreparedLine, { kind: 'event' }> {
  if (!line.bytes) return refuse(`is longer than ${MAX_LINE_BYTES / 1024} KiB`);
  if (!isUtf8(line.bytes)) return refuse('is not valid UTF-8');
  const text = line.bytes.toString('utf8');
  const json = line.number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch (error) {
    return json.trim() === '' ? { kind: 'blank' } : refuse(`is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return refuse('is not a JSON object');
  return { kind: 'object', json, event: event as Record<string, unknown> };
}

function refuse(reason: string): { kind: 'rejected'; reason: string } {
  return { kind: 'rejected', reason };
}

function withShiftedTime(json: string, occurredAt: unknown, days: number): string {
  const span = days !== 0 && typeof occurredAt === 'string' && findMember(json, 'occurred_at');
  if (!span) return json;
  return json.slice(0, span.start) + JSON.stringify(shiftTimestamp(occurredAt, days)) + json.slice(span.end);
}

/** A UUIDv7 stands for its time; to move that, the time has to be said beside it. */
function withTimeOfId(json: string, event: Record<string, unknown>, days: number): string {
  const ms = timeOfUuidV7(event['event_id']);
  if (days === 0 || ms === undefined) return json;
  return prependMembers(json, { occurred_at: new Date(ms + days * DAY_MS).toISOString() });
}
