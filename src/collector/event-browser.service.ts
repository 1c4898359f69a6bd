import { Injectable } from '@nestjs/common';
import { formatInstant, MICROS_PER_DAY, parseInstant } from '../events/index.js';
import { Clock } from '../platform/clock/index.js';
import { PartitionKeeper, translateDatabaseError } from '../platform/database/index.js';
import { EventRepository, type EventFilter, type EventPlace, type StoredEvent } from './store/event.repository.js';

export type { EventPlace, StoredEvent };

/** Days looked through at once, newest first: most pages are full after the first, and a gap is not walked day by day. */
const STEPS = [1, 4, 16, 64];
const ALL_THE_REST = 1_000_000;
/** Later than anything that was sent. */
const END_OF_TIME = Date.UTC(9999) * 1_000;

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
    private readonly clock: Clock,
  ) {}

  /** Newest first. Only days that have events are read, and of those no more than it takes to fill the page. */
  async find(search: EventSearch): Promise<StoredEvent[]> {
    try {
      const { fromMicros = -Infinity, limit } = search;
      const end = Math.min(endOf(search), END_OF_TIME);
      // The newest are asked for again and again, and are found without looking up which days there are.
      const lastDay = Math.min(end, this.clock.now().getTime() * 1_000) - MICROS_PER_DAY;
      const newest = await this.findWithin({ ...search, fromMicros: Math.max(fromMicros, lastDay), toMicros: end });
      if (newest.length >= limit || lastDay <= fromMicros) return newest;
      const older = await this.findByDays({ ...search, toMicros: lastDay, limit: limit - newest.length });
      return [...newest, ...older];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  private async findByDays(search: EventSearch): Promise<StoredEvent[]> {
    const days = await this.daysOf(search);
    const found: StoredEvent[] = [];
    for (let step = 0; days.length > 0 && found.length < search.limit; step++) {
      const some = days.splice(0, STEPS[step] ?? ALL_THE_REST);
      const fromMicros = Math.max(search.fromMicros ?? -Infinity, some.at(-1)!);
      const toMicros = Math.min(search.toMicros ?? Infinity, some[0]! + MICROS_PER_DAY);
      found.push(...(await this.findWithin({ ...search, fromMicros, toMicros, limit: search.limit - found.length })));
    }
    return found;
  }

  /** First microseconds of the days to look through, newest first. */
  private async daysOf(search: EventSearch): Promise<number[]> {
    const { fromMicros = -Infinity } = search;
    const end = endOf(search);
    const days = (await this.partitions.list()).map((day) => parseInstant(`${day}T00:00:00Z`));
    return days.filter((day) => day < end && day + MICROS_PER_DAY > fromMicros).sort((a, b) => b - a);
  }

  private async findWithin(
    search: EventSearch & { readonly fromMicros: number; readonly toMicros: number },
  ): Promise<StoredEvent[]> {
    const { fromMicros, toMicros, limit, after } = search;
    if (fromMicros >= toMicros) return [];
    const window = { from: formatInstant(fromMicros), to: formatInstant(toMicros) };
    return this.repository.find(search, window, limit, after);
  }
}

/** What comes after `after` on a page may be of the same microsecond. */
function endOf({ toMicros = Infinity, after }: EventSearch): number {
  return after ? Math.min(toMicros, parseInstant(after.occurredAt) + 1) : toMicros;
}
