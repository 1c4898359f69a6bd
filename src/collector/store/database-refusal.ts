import { isMissingPartition } from '../../platform/database/index.js';

/** What a failed commit means for its events, by SQLSTATE. */
export type Refusal = 'known-event' | 'try-again' | 'missing-partition' | 'bad-data' | 'other';

const UNIQUE_VIOLATION = '23505';
const TRY_AGAIN = new Set([
  '40P01', // deadlock_detected
  '40001', // serialization_failure
  '55P03', // lock_not_available
]);
/** Data exception, integrity constraint violation, program limit exceeded (a key too long for its index). */
const BAD_DATA = /^(22|23|54)/;

export function refusalOf(error: unknown): Refusal {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string' || code.length !== 5) return 'other';
  if (code === UNIQUE_VIOLATION) return 'known-event';
  if (TRY_AGAIN.has(code)) return 'try-again';
  if (isMissingPartition(error)) return 'missing-partition';
  return BAD_DATA.test(code) ? 'bad-data' : 'other';
}
