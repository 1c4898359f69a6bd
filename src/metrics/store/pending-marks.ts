import { Injectable } from '@nestjs/common';
import { Catalogue } from '../catalogue/catalogue.js';

/** How many events of one type fall into one minute. */
export interface TouchedMinute {
  readonly type: string;
  /** Minutes since 1970-01-01T00:00:00Z. */
  readonly minute: number;
  readonly events: number;
  /** The keys of all of them, when the minute is over; absent: it has to be read whole. */
  readonly late?: LateEvents;
}

/** Keys of events of one minute. */
export interface LateEvents {
  readonly ids: readonly string[];
  /** When each happened, in microseconds after the start of the minute. */
  readonly offsets: readonly number[];
}

const SECONDS_A_MINUTE = 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The mark that every write of events leaves in its own transaction: which minutes of which families do not hold
 * everything any more. Rows are appended, never updated: an ON CONFLICT DO NOTHING would wait for, or give way to, a
 * mark that the rollup job is just taking.
 */
@Injectable()
export class PendingMarks {
  constructor(private readonly catalogue: Catalogue) {}

  /**
   * One statement without parameters; names come from the catalogue, numbers are numbers and ids are ids, so nothing can
   * be injected. What names late events has to name exactly those that the transaction adds.
   */
  statementFor(minutes: readonly TouchedMinute[]): string | undefined {
    const rows = minutes.flatMap(({ type, minute, events, late }) => {
      const families = this.catalogue.familiesOf(type);
      const keys = late ? keysSql(late) : NO_KEYS;
      const mark = `'minute', to_timestamp(${minute * SECONDS_A_MINUTE}), ${events}`;
      // Of two last values of the same instant the one received last counts: that is known of a whole minute only.
      return families.map(({ name, last }) => `('${name}', ${mark}, ${last ? NO_KEYS : keys})`);
    });
    if (rows.length === 0) return undefined;
    return `INSERT INTO rollup_invalidations (family, level, bucket_start, events, late_ids, late_offsets) VALUES ${rows.join(', ')}`;
  }
}

const NO_KEYS = 'NULL, NULL';

function keysSql({ ids, offsets }: LateEvents): string {
  return ids.every((id) => UUID.test(id)) ? `'{${ids.join(',')}}', '{${offsets.join(',')}}'` : NO_KEYS;
}
