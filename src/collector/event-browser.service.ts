import { Injectable } from '@nestjs/common';
import { formatInstant, MICROS_PER_DAY, parseInstant } from '../events/index.js';
import { PartitionKeeper, translateDatabaseError } from '../platform/database/index.js';
import { EventRepository, type EventFilter, type EventPlace, type StoredEvent } from './store/event.repository.js';

export type { EventPlace, StoredEvent };

/** Days looked through at once, newest first: most pages are full after the first, and a gap is not walked day by day. */
const STEPS = [1, 4, 16, 64];
const ALL_THE_REST = 1_000_000;

export interface EventSearch extends EventFilter {
  /** Microseconds since 1970; half-open. Left out: as far as there are events. */
  readonly fromMicros?: number | undefined;
  readonly toMicros?: number | undefined;
  readonly limit: number;
  readonly after?: EventPlace | undefined;
}

/** Shows the raw events as they were sent. */
@Injectable()
export class EventBrowser {
  constructor(
    private readonly repository: EventRepository,
    private readonly partitions: PartitionKeeper,
  ) {}

  /** Newest first. Only days that have events are read, and of those no more than it takes to fill the page. */
  async find(search: EventSearch): Promise<StoredEvent[]> {
    try {
      const days = await this.daysOf(search);
      const found: StoredEvent[] = [];
      for (let step = 0; days.length > 0 && found.length < search.limit; step++) {
        const some = days.splice(0, STEPS[step] ?? ALL_THE_REST);
        found.push(...(await this.findWithin(some, search, search.limit - found.length)));
      }
      return found;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** First microseconds of the days to look through, newest first. */
  private async daysOf({ fromMicros = -Infinity, toMicros = Infinity, after }: EventSearch): Promise<number[]> {
    const end = after ? Math.min(toMicros, parseInstant(after.occurredAt) + 1) : toMicros;
    const days = (await this.partitions.list()).map((day) => parseInstant(`${day}T00:00:00Z`));
    return days.filter((day) => day < end && day + MICROS_PER_DAY > fromMicros).sort((a, b) => b - a);
  }

  private async findWithin(days: readonly number[], search: EventSearch, limit: number): Promise<StoredEvent[]> {
    const from = Math.max(search.fromMicros ?? -Infinity, days.at(-1)!);
    const to = Math.min(search.toMicros ?? Infinity, days[0]! + MICROS_PER_DAY);
    return this.repository.find(search, { from: formatInstant(from), to: formatInstant(to) }, limit, search.after);
  }
}
