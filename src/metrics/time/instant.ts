import { InvalidInputError } from '../../platform/errors/index.js';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Parses an ISO 8601 instant with offset. @throws InvalidInputError naming `path` */
export function parseInstant(text: string, path: string): Date {
  // A '+' of an offset arrives as a space when a client forgot to percent-encode it.
  const instant = INSTANT.test(text) ? new Date(text) : new Date(NaN);
  if (Number.isNaN(instant.getTime()) || !sameDayOfMonth(text, instant)) {
    throw new InvalidInputError([
      { path, message: 'must be an ISO 8601 instant with offset, e.g. 2026-11-22T10:00:00Z (encode + as %2B)' },
    ]);
  }
  return instant;
}

/** JavaScript takes 30 February for 2 March; nobody who asks for the former wants the latter. */
function sameDayOfMonth(text: string, instant: Date): boolean {
  const day = Number(text.slice(8, 10));
  const offset = /([+-])(\d{2}):(\d{2})$/.exec(text);
  const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(instant.getTime() + minutes * 60_000).getUTCDate() === day;
}
