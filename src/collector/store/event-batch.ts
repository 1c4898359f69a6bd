import {
  EVENT_TYPE_NAMES,
  isStorableText,
  MICROS_PER_MINUTE,
  type EventType,
  type PreparedEvent,
} from '../../events/index.js';
import { encodeRow } from './copy-encoder.js';

/** How many events of one type fall into one minute. */
export interface EventMinute {
  readonly type: EventType;
  /** Minutes since 1970-01-01T00:00:00Z. */
  readonly minute: number;
  readonly events: number;
}

const TYPE_NUMBERS = new Map(EVENT_TYPE_NAMES.map((type, number) => [type, number]));
const MINUTES_PER_DAY = 1_440;

/** Events of one request, written together: as COPY text, which is what the database gets. */
export class EventBatch {
  readonly events: PreparedEvent[] = [];
  private text: Buffer | undefined;
  private lines: string[] = [];
  private readonly perMinute = new Map<number, number>();

  static of(events: Iterable<PreparedEvent>): EventBatch {
    const batch = new EventBatch();
    for (const event of events) batch.add(event);
    return batch;
  }

  /** False: the event has a character that the database cannot keep; nothing was added. */
  add(event: PreparedEvent): boolean {
    const line = encodeRow(event);
    if (!isStorableText(line)) return false;
    this.events.push(event);
    this.lines.push(line);
    const minute = Math.floor(event.occurredAtMicros / MICROS_PER_MINUTE);
    const key = minute * EVENT_TYPE_NAMES.length + TYPE_NUMBERS.get(event.type)!;
    this.perMinute.set(key, (this.perMinute.get(key) ?? 0) + 1);
    return true;
  }

  /** Made once and kept outside of the JavaScript heap; no event can be added any more. */
  get copyText(): Buffer {
    this.text ??= Buffer.from(this.lines.join(''));
    this.lines = [];
    return this.text;
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
