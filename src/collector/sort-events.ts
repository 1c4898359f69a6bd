import { findUnstorable, prepareEvent, type Circumstances } from '../events/index.js';
import { TimeSlices } from '../platform/background/index.js';
import type { FieldError } from '../platform/errors/index.js';
import { describeUnread, UnreadElement } from '../platform/http/index.js';
import { SUBMISSION_LIMITS } from './read-submission.js';
import { EventBatch } from './store/event-batch.js';

/** An event that was not taken. */
export interface Refusal {
  /** Its place among the events that were sent. */
  readonly index: number;
  /** Paths relative to the event; empty for the event itself. */
  readonly errors: readonly FieldError[];
}

export interface SortedEvents {
  readonly batch: EventBatch;
  /** For every event of the batch its place among the events that were sent. */
  readonly places: readonly number[];
  readonly refusals: Refusal[];
}

/** Events between two looks at the time: few enough that those of the largest size take no more than a slice. */
const EVENTS_PER_LOOK = 8;

/**
 * Puts the good ones into a batch, ready to be written, and says of the others what is wrong with them. Other requests
 * have their turn in between when it takes long.
 */
export async function sortEvents(sent: readonly unknown[], circumstances: Circumstances): Promise<SortedEvents> {
  const batch = new EventBatch(sent.length);
  const places: number[] = [];
  const refusals: Refusal[] = [];
  const slices = new TimeSlices();
  for (let index = 0; index < sent.length; index++) {
    const pause = index % EVENTS_PER_LOOK === 0 ? slices.pause() : undefined;
    if (pause) await pause;
    const event = sent[index];
    if (event instanceof UnreadElement) {
      refusals.push({ index, errors: [{ path: '', message: describeUnread(event, SUBMISSION_LIMITS) }] });
      continue;
    }
    const prepared = prepareEvent(event, circumstances);
    if ('errors' in prepared) refusals.push({ index, errors: prepared.errors });
    else if (batch.add(prepared)) places.push(index);
    else refusals.push({ index, errors: [unstorable(event)] });
  }
  return { batch, places, refusals };
}

function unstorable(event: unknown): FieldError {
  const { path, message } = findUnstorable(event) ?? { path: '', message: 'has characters that cannot be stored' };
  return { path: path.replace(/^\./, ''), message };
}
