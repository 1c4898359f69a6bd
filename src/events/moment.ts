import { timeOfUuidV7 } from './event-id.js';
import { formatInstant, MICROS_PER_DAY, MICROS_PER_MINUTE, parseInstant } from './instant.js';

const MAX_FUTURE_MINUTES = 5;
const EXACT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;
const HAS_OFFSET = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const EXAMPLE = 'e.g. 2026-11-22T10:00:00.000Z';

export interface Moment {
  readonly occurredAtMicros: number;
  /** ISO 8601 in UTC. */
  readonly occurredAt: string;
}

interface Refused {
  readonly errors: { path: string; message: string }[];
}

/** When an event happened: as it says, else the time in its UUIDv7, else now. Never guessed, never re-stamped. */
export function momentOf(
  fields: { event_id?: string; occurred_at?: unknown },
  { nowMicros, backfillMaxDays }: { nowMicros: number; backfillMaxDays: number },
): Moment | Refused {
  const sent = fields.occurred_at as string | undefined;
  const path = sent === undefined && fields.event_id !== undefined ? 'event_id' : 'occurred_at';
  const micros = sent === undefined ? impliedMicros(fields.event_id, nowMicros) : parseInstant(sent);
  if (Number.isNaN(micros)) return refuse('occurred_at', explainInstant(sent));
  if (micros > nowMicros + MAX_FUTURE_MINUTES * MICROS_PER_MINUTE) {
    return refuse(path, `is more than ${MAX_FUTURE_MINUTES} minutes in the future; check the sender's clock`);
  }
  if (micros < nowMicros - backfillMaxDays * MICROS_PER_DAY) {
    return refuse(path, `is more than ${backfillMaxDays} days in the past`);
  }
  return {
    occurredAtMicros: micros,
    occurredAt: sent !== undefined && EXACT.test(sent) ? sent : formatInstant(micros),
  };
}

function impliedMicros(eventId: string | undefined, nowMicros: number): number {
  if (eventId === undefined) return nowMicros;
  return (timeOfUuidV7(eventId) ?? NaN) * 1000;
}

function explainInstant(sent: string | undefined): string {
  if (sent === undefined) return 'is required with an event_id that is not a UUIDv7';
  if (!HAS_OFFSET.test(sent)) return `must have an offset (Z or +hh:mm); a local time is not taken, ${EXAMPLE}`;
  return `must be an instant of ISO 8601 that exists, ${EXAMPLE}`;
}

function refuse(path: string, message: string): Refused {
  return { errors: [{ path, message }] };
}
