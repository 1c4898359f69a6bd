import { Injectable } from '@nestjs/common';
import type { TransactionHandle } from './transaction.js';

/** Quiet hours end within a day of the moment that a notice was planned at. */
const LONGEST_HOLD = `interval '24 hours'`;
/** A fallback goes out so long after the first attempt, at the latest. */
const LONGEST_FALLBACK = `interval '5 minutes'`;
/** Far more than the lease of a delivery. */
const LONGEST_LEASE = `interval '10 minutes'`;

/**
 * What is sent without quiet hours is due at once: an attempt that would have had to wait a little longer does no harm.
 * Quiet hours keep the time of day at which they end.
 */
const STATEMENTS = [
  `UPDATE notification_notices notice SET detected_at = $1
    WHERE detected_at > $1 AND EXISTS (
          SELECT FROM notification_deliveries WHERE notice_id = notice.id AND status = 'pending')`,
  `UPDATE notification_deliveries SET due_at = $1
    WHERE status = 'pending' AND due_at > $1 AND (held_until IS NULL OR held_until <= $1)`,
  `UPDATE notification_deliveries delivery SET held_until = held.until, due_at = held.until
     FROM (SELECT id, held_until - ceil(extract(epoch FROM held_until - ($1 + ${LONGEST_HOLD})) / 86400) * interval '1 day' AS until
             FROM notification_deliveries WHERE status = 'pending' AND held_until > $1 + ${LONGEST_HOLD}) held
    WHERE held.id = delivery.id`,
  `UPDATE notification_deliveries
      SET enqueued_at = CASE WHEN enqueued_at > $1 THEN NULL ELSE enqueued_at END,
          claimed_until = CASE WHEN claimed_until > $1 + ${LONGEST_LEASE} THEN $1 ELSE claimed_until END
    WHERE status = 'pending' AND (enqueued_at > $1 OR claimed_until > $1 + ${LONGEST_LEASE})`,
  // Retries end hours after the first attempt.
  `UPDATE notification_deliveries
      SET first_attempt_at = CASE WHEN first_attempt_at > $1 THEN $1 ELSE first_attempt_at END,
          fallback_at = CASE WHEN fallback_at > $1 + ${LONGEST_FALLBACK} THEN $1 ELSE fallback_at END
    WHERE status = 'pending' AND (first_attempt_at > $1 OR fallback_at > $1 + ${LONGEST_FALLBACK})`,
  // The limits per recipient count what was released lately.
  `UPDATE notification_deliveries SET released_at = $1 WHERE released_at > $1`,
];

/** What deliveries wait for by instants that a clock wrote which was ahead. */
@Injectable()
export class FutureDueTimeRepository {
  async moveTo(tx: TransactionHandle, now: Date): Promise<void> {
    for (const statement of STATEMENTS) await tx.query(statement.replaceAll('$1', '$1::timestamptz'), [now]);
  }
}
