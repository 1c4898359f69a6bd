/// <reference lib="es2024.string" />
import { parseInstant } from '../events/index.js';
import { InvalidInputError, type FieldError } from '../platform/errors/index.js';

export const MAX_EVENTS_PER_BATCH = 1_000;
/**
 * What a whole batch may come to. An event that is nested too deep or has too much in it is refused by itself; the limits
 * per object, per element and on depth bound what is read of one. 128 KiB of a valid event hold at most 10,000 keys and
 * items.
 */
export const SUBMISSION_LIMITS = {
  maxBytes: 10 * 1024 * 1024,
  maxDepth: 1_000,
  maxKeys: 1_000_000,
  maxItems: 1_000_000,
  maxKeysPerObject: 20_000,
  maxNodesPerElement: 20_000,
  isolatedList: 'events',
};
const FIELDS = new Set(['events', 'sent_at']);
const MAX_NAME_LENGTH = 100;
const MAX_ERRORS = 20;

/** The body of `POST /events`, the events themselves not looked at yet. */
export interface Submission {
  readonly events: readonly unknown[];
  readonly sentAtMs: number | undefined;
}

/** @throws InvalidInputError when the batch as a whole cannot be read: nothing of it is taken */
export function readSubmission(body: unknown): Submission {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    refuse([{ path: '', message: 'must be a JSON object' }]);
  const { events, sent_at: sentAt } = body as Record<string, unknown>;
  const sentAtMs = sentAt === undefined ? undefined : readSentAt(sentAt);
  const errors = [...unknownFields(body), ...checkEvents(events)];
  if (Number.isNaN(sentAtMs)) errors.push({ path: 'sent_at', message: 'must be an instant of ISO 8601 with offset' });
  if (errors.length > 0) refuse(errors);
  return { events: events as unknown[], sentAtMs };
}

function readSentAt(sentAt: unknown): number {
  return typeof sentAt === 'string' ? parseInstant(sentAt) / 1_000 : NaN;
}

function unknownFields(body: object): FieldError[] {
  return Object.keys(body)
    .filter((name) => !FIELDS.has(name))
    .slice(0, MAX_ERRORS)
    .map((name) => ({ path: name.slice(0, MAX_NAME_LENGTH).toWellFormed(), message: 'is not a known field' }));
}

function checkEvents(events: unknown): FieldError[] {
  if (Array.isArray(events) && events.length > 0 && events.length <= MAX_EVENTS_PER_BATCH) return [];
  return [{ path: 'events', message: `must be an array of 1 to ${MAX_EVENTS_PER_BATCH} events` }];
}

function refuse(errors: FieldError[]): never {
  throw new InvalidInputError(errors);
}
