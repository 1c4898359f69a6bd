import { EVENT_TYPE_NAMES, MICROS_PER_MINUTE, type EventType, type PreparedEvent } from '../../events/index.js';
import { writeRow } from './copy-encoder.js';
import { CopyText } from './copy-text.js';

/** How many events of one type fall into one minute. */
export interface EventMinute {
  readonly type: EventType;
  /** Minutes since 1970-01-01T00:00:00Z. */
  readonly minute: number;
  readonly events: number;
  /** Which they are, when the minute was over as they came and they are not too many to be named. */
  readonly late?: LateKeys;
}

/** Keys of events of one minute. */
export interface LateKeys {
  readonly ids: string[];
  /** When each happened, in microseconds after the start of the minute. */
  readonly offsets: number[];
}

const TYPE_NUMBERS = new Map(EVENT_TYPE_NAMES.map((type, number) => [type, number]));
const MINUTES_PER_DAY = 1_440;
/** A row of a usual event, so that the buffer rarely has to grow. */
const BYTES_PER_ROW = 400;

/** Events of one request, written together: as COPY text, which is what the database gets. */
export class EventBatch {
  readonly events: PreparedEvent[] = [];
  private readonly text: CopyText;
  private readonly perMinute = new Map<number, number>();

  constructor(expectedEvents: number) {
    this.text = new CopyText(expectedEvents * BYTES_PER_ROW);
  }

  static of(events: readonly PreparedEvent[]): EventBatch {
    const batch = new EventBatch(events.length);
    for (const event of events) batch.add(event);
    return batch;
  }

  /** False: the event has a character that the database cannot keep; nothing was added. */
  add(event: PreparedEvent): boolean {
    if (!writeRow(event, this.text)) return false;
    this.events.push(event);
    const minute = Math.floor(event.occurredAtMicros / MICROS_PER_MINUTE);
    const key = minute * EVENT_TYPE_NAMES.length + TYPE_NUMBERS.get(event.type)!;
    this.perMinute.set(key, (this.perMinute.get(key) ?? 0) + 1);
    return true;
  }

  get copyText(): Buffer {
    return this.text.content;
  }

  get minutes(): EventMinute[] {
    return [...this.perMinute].map(([key, events]) => ({
      type: EVENT_TYPE_NAMES[key % EVENT_TYPE_NAMES.length]!,
      minute: Math.floor(key / EVENT_TYPE_NAMES.length),
      events,
    }));
  }

  /** Days since 1970-01-01 that the events fall on. */
  addDaysTo(days: Set<number>): void {
    for (const key of this.perMinute.keys()) days.add(Math.floor(key / EVENT_TYPE_NAMES.length / MINUTES_PER_DAY));
  }
}
