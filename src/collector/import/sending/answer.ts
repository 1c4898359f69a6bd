import type { Answer } from './events-client.js';
import { parseRetryAfter } from './retry-policy.js';

interface RejectedEvent {
  index: number;
  eventId?: string | undefined;
  reason: string;
}

/** What an answer of POST /events means to the sender. */
export type Verdict =
  | { kind: 'taken'; accepted: number; duplicates: number; rejected: RejectedEvent[] }
  | { kind: 'busy'; retryAfterMs: number | undefined }
  | { kind: 'unavailable'; reason: string; retryAfterMs: number | undefined; mayBeStored: boolean }
  | { kind: 'too-large' }
  | { kind: 'stop'; reason: string };

interface EventsBody {
  accepted: number;
  duplicates: number;
  rejected: { index: number; event_id?: string; errors: { path: string; message: string }[] }[];
}

/** Answers of a proxy or of a service that is starting or stopping. */
const UNAVAILABLE = new Set([408, 500, 502, 503, 504]);

export function readAnswer(answer: Answer, nowMs: number = Date.now()): Verdict {
  const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs);
  if (answer.status === 202 || answer.status === 422) return readVerdict(answer);
  if (answer.status === 429) return { kind: 'busy', retryAfterMs };
  if (answer.status === 413) return { kind: 'too-large' };
  if (UNAVAILABLE.has(answer.status)) {
    const reason = `The service answers ${answer.status}${detailOf(answer)}`;
    return { kind: 'unavailable', reason, retryAfterMs, mayBeStored: true };
  }
  return { kind: 'stop', reason: remedyFor(answer) };
}

function readVerdict(answer: Answer): Verdict {
  const body = parseJson(answer.body);
  if (!isEventsBody(body)) return { kind: 'stop', reason: notTheService(answer) };
  const rejected = body.rejected.map((entry) => ({
    index: entry.index,
    eventId: entry.event_id,
    reason: entry.errors.map((error) => `${withoutIndex(error.path)} ${error.message}`.trim()).join('; '),
  }));
  return { kind: 'taken', accepted: body.accepted, duplicates: body.duplicates, rejected };
}

function isEventsBody(body: unknown): body is EventsBody {
  const { accepted, duplicates, rejected } = (body ?? {}) as Partial<EventsBody>;
  return typeof accepted === 'number' && typeof duplicates === 'number' && Array.isArray(rejected);
}

/** The place in the batch means nothing to the reader of a file: `events[3].total` → `total`. */
function withoutIndex(path: string): string {
  return path.replace(/^events\[\d+\]\.?/, '');
}

function remedyFor(answer: Answer): string {
  const detail = detailOf(answer);
  switch (answer.status) {
    case 400:
      return `The service refuses a batch as malformed (400)${detail}`;
    case 401:
      return `The service does not accept the token (401)${detail} Give one it knows by --token; where the service runs, npm run token -- --role service prints one.`;
    case 403:
      return `The token may not send events (403)${detail} It needs the role service or admin: npm run token -- --role service.`;
    default:
      return notTheService(answer);
  }
}

function notTheService(answer: Answer): string {
  const location = answer.location ? ` and points to ${answer.location}` : '';
  return `What answers at --url is not this service: POST /api/v1/analytics/events gives ${answer.status}${location}. Check --url.`;
}

function detailOf(answer: Answer): string {
  const problem = parseJson(answer.body) as
    { title?: unknown; detail?: unknown; errors?: { path?: unknown; message?: unknown }[] } | undefined;
  const detail = problem?.detail ?? problem?.title;
  const errors = Array.isArray(problem?.errors) ? problem.errors : [];
  const fields = errors.slice(0, 3).map((error) => `${String(error.path)} ${String(error.message)}`);
  const parts = [...(typeof detail === 'string' ? [detail.replace(/\.$/, '')] : []), ...fields];
  return parts.length > 0 ? `: ${parts.join('; ')}.` : '.';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
