import { Injectable } from '@nestjs/common';
import { Catalogue } from '../catalogue/catalogue.js';

/** How many events of one type fall into one minute. */
export interface TouchedMinute {
  readonly type: string;
  /** Minutes since 1970-01-01T00:00:00Z. */
  readonly minute: number;
  readonly events: number;
}

const SECONDS_A_MINUTE = 60;

/**
 * The mark that every write of events leaves in its own transaction: which minutes of which families do not hold
 * everything any more. Rows are appended, never updated: an ON CONFLICT DO NOTHING would wait for, or give way to, a
 * mark that the rollup job is just taking.
 */
@Injectable()
export class PendingMarks {
  constructor(private readonly catalogue: Catalogue) {}

  /** One statement without parameters; names come from the catalogue and numbers are numbers, so nothing can be injected. */
  statementFor(minutes: readonly TouchedMinute[]): string | undefined {
    const rows = minutes.flatMap(({ type, minute, events }) =>
      this.catalogue
        .familiesOf(type)
        .map(({ name }) => `('${name}', 'minute', to_timestamp(${minute * SECONDS_A_MINUTE}), ${events})`),
    );
    if (rows.length === 0) return undefined;
    return `INSERT INTO rollup_invalidations (family, level, bucket_start, events) VALUES ${rows.join(', ')}`;
  }
}
