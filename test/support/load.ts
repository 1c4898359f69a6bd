import { setTimeout as sleep } from 'node:timers/promises';
import { API } from './app.js';
import { loadEvent, type SentEvent } from './load-events.js';

const RETRY_MS = 25;
/** How long after the end somebody may need to take the last batches. */
const FINISH_MS = 60_000;
/** Events lie between this long ago and MIN_AGE_MS ago: many buckets, and all of their minutes over. */
const MAX_AGE_MS = 3 * 3_600_000;
const MIN_AGE_MS = 120_000;

export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  readonly connections?: number;
  readonly eventsPerBatch?: number;
  /** Between an acknowledgement and the next batch of the same connection. */
  readonly pauseMs?: number;
}

/** Any answer but the one that was hoped for. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly contentType: string | null;
  readonly body: string;
  readonly ms: number;
}

/**
 * Clients that post batches and remember what was acknowledged. As careful senders do, they send a batch again, the
 * same events with the same ids, until it is: after a broken connection, a 429 or a 503.
 */
export class Load {
  readonly acknowledged: SentEvent[] = [];
  readonly refusals: Refusal[] = [];
  /** Requests whose connection broke before there was an answer. */
  brokenRequests = 0;
  /** Events that had been stored by an attempt whose answer did not arrive. */
  duplicateEvents = 0;
  private readonly options: Required<LoadOptions>;
  private readonly clients: Promise<void>[];
  private nextNumber = 0;
  private stopped = false;
  private giveUpAt = Infinity;

  constructor(options: LoadOptions) {
    this.options = { connections: 4, eventsPerBatch: 20, pauseMs: 5, ...options };
    this.clients = Array.from({ length: this.options.connections }, () => this.runClient());
    // finish() tells of failures; before it nobody listens, and the test run would end.
    for (const client of this.clients) client.catch(() => undefined);
  }

  /** No new batches; resolves when the last ones are acknowledged, so that every event that was ever sent is. */
  async finish(): Promise<void> {
    this.stopped = true;
    this.giveUpAt = Date.now() + FINISH_MS;
    await Promise.all(this.clients);
  }

  /** No new batches and no new attempts: what was sent last may or may not have been stored. */
  async abandon(): Promise<void> {
    this.stopped = true;
    this.giveUpAt = 0;
    await Promise.allSettled(this.clients);
  }

  private async runClient(): Promise<void> {
    while (!this.stopped) {
      const events = Array.from({ length: this.options.eventsPerBatch }, () => this.nextEvent());
      const body = JSON.stringify({ events });
      while (!(await this.post(body, events))) {
        if (Date.now() > this.giveUpAt) throw new Error(`Nobody took the last batch: ${this.refusals.at(-1)?.body}`);
        await sleep(RETRY_MS);
      }
      await sleep(this.options.pauseMs);
    }
  }

  private nextEvent(): SentEvent {
    const ageMs = MIN_AGE_MS + Math.random() * (MAX_AGE_MS - MIN_AGE_MS);
    return loadEvent(this.nextNumber++, new Date(Date.now() - ageMs));
  }

  /** Whether the batch was acknowledged. */
  private async post(body: string, events: readonly SentEvent[]): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.options.token}`, 'content-type': 'application/json' };
    const answer = await ask(`${this.options.url}${API}/events`, { method: 'POST', headers, body });
    if (answer === undefined) this.brokenRequests++;
    else if (answer.status !== 202) this.refusals.push(answer);
    else this.remember(events, answer.body);
    return answer?.status === 202;
  }

  private remember(events: readonly SentEvent[], answer: string): void {
    const { accepted, duplicates } = JSON.parse(answer) as { accepted: number; duplicates: number };
    if (accepted + duplicates !== events.length) throw new Error(`Not all of a batch was taken: ${answer}`);
    this.duplicateEvents += duplicates;
    for (const event of events) this.acknowledged.push(event);
  }
}

/** Reads one after the other, again and again, and remembers what was answered. */
export class Reads {
  /** How many were answered as they should be. */
  answered = 0;
  readonly refusals: Refusal[] = [];
  private stopped = false;
  private readonly reading: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly paths: readonly string[],
  ) {
    this.reading = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.reading;
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.stopped; turn++) {
      const path = this.paths[turn % this.paths.length];
      const answer = await ask(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
      if (answer?.status === 200) this.answered++;
      else if (answer) this.refusals.push(answer);
      await sleep(RETRY_MS);
    }
  }
}

/** @returns undefined when the connection broke */
async function ask(url: string, request: RequestInit): Promise<Refusal | undefined> {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, request);
    const body = await response.text();
    const { status, headers } = response;
    const ms = performance.now() - startedAt;
    return { status, body, ms, retryAfter: headers.get('retry-after'), contentType: headers.get('content-type') };
  } catch {
    return undefined;
  }
}
