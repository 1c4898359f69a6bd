import type { EventIds } from './event-ids.js';
import { SLOT_MS } from './plan.js';

/** An event before it is written down. */
export interface DraftEvent {
  atMs: number;
  /** Number of its id among `ids`: the text is only made when the event is written. */
  ids: EventIds;
  idNumber: number;
  fields: EventFields;
}

/** On the wire, but for id and time. */
export type EventFields = { event_type: string; correlation_id: string } & Record<string, unknown>;

/** Holds what was drawn for later (a refund in a week) until its time comes. */
export class Timeline {
  private readonly slots = new Map<number, DraftEvent[]>();

  add(event: DraftEvent): void {
    const slot = Math.floor(event.atMs / SLOT_MS);
    const events = this.slots.get(slot);
    if (events) events.push(event);
    else this.slots.set(slot, [event]);
  }

  /** The slot's events in the order of their times; they are not kept. */
  take(slot: number): DraftEvent[] {
    const events = this.slots.get(slot) ?? [];
    this.slots.delete(slot);
    return events.sort((a, b) => a.atMs - b.atMs);
  }
}
