import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { LEVEL_MS } from '../planner/level.js';

interface Newest {
  readonly event_type: string;
  readonly at: Date | null;
}

/** Written by this service when a feed stalls, among other things: they must not look like a feed that goes on. */
const OWN_EVENTS = 'alert';

/** When the newest event of each type happened. */
@Injectable()
export class NewestEventRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * By event type, `now` at the latest; of what happened over two days ago the end of its hour, day or week. A type of
   * which there never was one is absent.
   * @throws DependencyUnavailableError while the database is not there
   */
  async at(now: Date): Promise<ReadonlyMap<string, Date>> {
    const types = [...new Set(this.catalogue.eventFamilies.map(({ eventType }) => eventType ?? ''))];
    const families = types.filter((type) => type !== OWN_EVENTS).map((type) => this.catalogue.familiesOf(type)[0]);
    try {
      const rows: Newest[] = await this.dataSource.query(SQL, [
        families.map((family) => family?.eventType),
        families.map((family) => family?.name),
        now,
        ...(['hourly', 'daily', 'weekly'] as const).map((level) => `${LEVEL_MS[level]} milliseconds`),
      ]);
      return new Map(rows.flatMap(({ event_type, at }) => (at ? [[event_type, at] as const] : [])));
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

const newestBucket = (level: string, width: string): string =>
  `(SELECT least($3, bucket_start + ${width}::interval) FROM analytics_rollups r
     WHERE r.family = f.family AND r.granularity = '${level}' AND r.bucket_start <= $3 ORDER BY bucket_start DESC LIMIT 1)`;

/** The newest raw event by the index on type and time; where there is none, the end of the newest bucket. */
const SQL = `SELECT f.event_type, coalesce(
    (SELECT least($3, occurred_at) FROM analytics_events e
      WHERE e.event_type = f.event_type AND e.occurred_at > $3::timestamptz - interval '2 days' AND e.occurred_at <= $3::timestamptz + interval '5 minutes'
      ORDER BY occurred_at DESC LIMIT 1),
    ${newestBucket('hourly', '$4')}, ${newestBucket('daily', '$5')}, ${newestBucket('weekly', '$6')}) AS at
  FROM unnest($1::text[], $2::text[]) AS f(event_type, family)`;
