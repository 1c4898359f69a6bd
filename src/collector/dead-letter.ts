/// <reference lib="es2024.string" />
import type { FieldError } from '../platform/errors/index.js';
import { UnreadElement } from '../platform/http/index.js';

export const MAX_BODY_BYTES = 8 * 1024;
const MAX_TEXT_LENGTH = 200;

/** An event that was refused, as it was sent, with the reasons. */
export interface DeadLetter {
  readonly id: string;
  readonly receivedAt: Date;
  readonly index: number;
  readonly eventId: string | null;
  readonly eventType: string | null;
  /** Paths relative to the event. */
  readonly errors: readonly FieldError[];
  /** The event as JSON, at most 8 KiB of it. */
  readonly body: string;
  readonly bodyTruncated: boolean;
  readonly correlationId: string;
  readonly submittedBy: string;
}

export type NewDeadLetter = Omit<DeadLetter, 'receivedAt'>;

/** The JSON of an event, cut between two characters where it is too long. */
export function bodyOf(event: unknown): Pick<DeadLetter, 'body' | 'bodyTruncated'> {
  const json = serialise(event);
  const bytes = Buffer.from(json.slice(0, MAX_BODY_BYTES));
  if (json.length <= MAX_BODY_BYTES && bytes.length <= MAX_BODY_BYTES) return { body: json, bodyTruncated: false };
  // A cut character decodes to U+FFFD; those at the end are not the sender's.
  return {
    body: bytes
      .subarray(0, MAX_BODY_BYTES)
      .toString()
      .replace(/\uFFFD+$/, ''),
    bodyTruncated: true,
  };
}

/** Text from outside, made short and storable; null for anything else. */
export function shownText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return value.slice(0, MAX_TEXT_LENGTH).toWellFormed().replaceAll('\0', '\uFFFD');
}

function serialise(event: unknown): string {
  // Its syntax was not looked at, and PostgreSQL stores no NUL.
  if (event instanceof UnreadElement) return event.text.replaceAll('\0', '\uFFFD');
  try {
    return JSON.stringify(event) ?? 'null';
  } catch (error) {
    // Nested deeper than the stack: such a body can neither be shown nor replayed.
    if (error instanceof RangeError) return '';
    throw error;
  }
}
