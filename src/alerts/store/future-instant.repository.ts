import { Injectable } from '@nestjs/common';
import type { Transaction } from './alert-database.js';

/** `column` where it is not later than $1, else $1; unlike `least`, NULL stays NULL. */
const capped = (column: string): string => `${column} = CASE WHEN ${column} > $1 THEN $1 ELSE ${column} END`;
/** A tolerance is left out on purpose: whatever is later than now was written by a clock that was ahead. */
const STATEMENTS = [
  `UPDATE alert_states s
      SET ${['since', 'triggered_at', 'reminded_at', 'noticed_at'].map(capped).join(', ')},
          held_until = CASE WHEN held_until > $1 + cooldown THEN $1 + cooldown ELSE held_until END
     FROM (SELECT id, make_interval(secs => cooldown_seconds) AS cooldown FROM alert_configs) c
    WHERE c.id = s.config_id`,
  `UPDATE alert_transitions t SET at = $1
     FROM alert_history h WHERE h.id = t.alert_id AND h.status <> 'resolved' AND t.at > $1`,
  `UPDATE alert_history SET ${['triggered_at', 'acknowledged_at'].map(capped).join(', ')}
    WHERE status <> 'resolved' AND (triggered_at > $1 OR acknowledged_at > $1)`,
  // A silence that was made to begin at once, and one that was ended, by the clock that was ahead.
  `UPDATE alert_silences SET starts_at = $1 WHERE created_at > $1 AND starts_at = created_at AND ends_at > $1`,
  `UPDATE alert_silences SET ended_at = $1 WHERE ended_at > $1`,
  `DELETE FROM alert_evaluation_incidents WHERE recorded_at > $1`,
];

/** What alerts remember by instants that have not come yet: left behind by a clock that was ahead. */
@Injectable()
export class FutureInstantRepository {
  /** Moves them to `now`, so that what waits for them goes on. History of alerts that are over stays as it was written. */
  async moveTo(tx: Transaction, now: Date): Promise<void> {
    for (const statement of STATEMENTS) await tx.query(statement.replaceAll('$1', '$1::timestamptz'), [now]);
  }
}
