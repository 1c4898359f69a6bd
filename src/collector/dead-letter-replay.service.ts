import { Injectable } from '@nestjs/common';
import { formatInstant } from '../events/index.js';
import type { DeadLetter } from './dead-letter.js';
import { DeadLetters } from './dead-letters.service.js';
import { EventAdmission } from './event-admission.service.js';
import { answerOf, type IntakeAnswer } from './intake-answer.js';
import type { Refusal } from './sort-events.js';

const MICROS_PER_MILLI = 1_000;

interface Sorted {
  /** Letters whose events are sent again, and their places among the ids. */
  readonly letters: DeadLetter[];
  readonly places: number[];
  readonly refusals: Refusal[];
}

/** Sends dead letters again. Those that are taken, or were there already, leave. */
@Injectable()
export class DeadLetterReplay {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly admission: EventAdmission,
  ) {}

  /** Answers as `POST /events` does; `index` and paths are those of the ids. Repeating it is harmless. */
  async replay(ids: readonly string[], correlationId: string): Promise<IntakeAnswer> {
    const { letters, places, refusals } = sort(ids, await this.deadLetters.findByIds(ids));
    const events = letters.map(asSentThen);
    const admission = await this.admission.admit(events, correlationId);
    const refused = new Set(admission.refusals.map(({ index }) => index));
    await this.deadLetters.discard(letters.filter((_, index) => !refused.has(index)).map(({ id }) => id));

    const again = admission.refusals.map(({ index, errors }) => ({ index: places[index]!, errors }));
    const all = [...refusals, ...again].sort((one, other) => one.index - other.index);
    // Not the events, since those were given ids: a sender knows its own.
    const sent = Object.fromEntries(places.map((place, index) => [place, { event_id: letters[index]?.eventId }]));
    return answerOf({ ...admission, refusals: all }, sent, 'ids');
  }
}

function sort(ids: readonly string[], found: ReadonlyMap<string, DeadLetter>): Sorted {
  const sorted: Sorted = { letters: [], places: [], refusals: [] };
  ids.forEach((id, index) => {
    const letter = found.get(id.toLowerCase());
    const message = whyNot(letter);
    if (letter && message === undefined) {
      sorted.letters.push(letter);
      sorted.places.push(index);
    } else {
      sorted.refusals.push({ index, errors: [{ path: '', message: message ?? '' }] });
    }
  });
  return sorted;
}

function whyNot(letter: DeadLetter | undefined): string | undefined {
  if (!letter) return 'is no dead letter (any more)';
  return letter.bodyTruncated ? 'was too large to be kept whole; send the event again from its source' : undefined;
}

/**
 * The event, with what the service would have filled in when it came: a replay must not make a past event a new one,
 * and a replay that is repeated must find duplicates.
 */
function asSentThen(letter: DeadLetter): unknown {
  const event: unknown = JSON.parse(letter.body);
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event;
  const filled = event as Record<string, unknown>;
  filled.correlation_id ??= letter.correlationId;
  if (filled.event_id !== undefined) return filled;
  filled.event_id = letter.id;
  filled.occurred_at ??= formatInstant(letter.receivedAt.getTime() * MICROS_PER_MILLI);
  return filled;
}
