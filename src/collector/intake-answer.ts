import type { FieldError } from '../platform/errors/index.js';
import type { Admission } from './event-admission.service.js';
import type { Refusal } from './sort-events.js';

const MAX_SHOWN_ID_LENGTH = 200;

/** The answer of `POST /events` and of a replay, as it stands on the wire. */
export interface IntakeAnswer {
  accepted: number;
  duplicates: number;
  rejected: RejectedEvent[];
  /** The sender's clock less ours; above 0 theirs is ahead. */
  clock_skew_ms?: number;
}

export interface RejectedEvent {
  index: number;
  event_id?: string;
  errors: FieldError[];
}

/** @param name what the sender calls the list that `sent` is: paths start with it */
export function answerOf(admission: Admission, sent: Readonly<Record<number, unknown>>, name: string): IntakeAnswer {
  const { accepted, duplicates, refusals } = admission;
  return { accepted, duplicates, rejected: refusals.map((refusal) => rejected(refusal, sent[refusal.index], name)) };
}

function rejected({ index, errors }: Refusal, event: unknown, name: string): RejectedEvent {
  const eventId = (event as { event_id?: unknown } | null | undefined)?.event_id;
  return {
    index,
    ...(typeof eventId === 'string' && { event_id: eventId.slice(0, MAX_SHOWN_ID_LENGTH) }),
    errors: errors.map(({ path, message }) => ({
      path: path === '' ? `${name}[${index}]` : `${name}[${index}].${path}`,
      message,
    })),
  };
}
