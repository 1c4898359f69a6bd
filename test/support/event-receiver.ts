import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface ReceivedEvent {
  event_id: string;
  occurred_at: string;
  [field: string]: unknown;
}

/** What the receiver does with a request instead of taking its events; undefined: it takes them. */
export type Script = (requestNumber: number) => ScriptedAnswer | undefined;

export type ScriptedAnswer =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  /** Cuts the connection, having stored the events or not. */
  | { cut: 'before-storing' | 'after-storing' };

/**
 * A small real HTTP server that keeps the contract of POST /events in memory, and misbehaves as a test tells it to.
 * An event whose `reject` field is set is rejected with that as message.
 */
export class EventReceiver {
  readonly stored = new Map<string, ReceivedEvent>();
  readonly requests: { authorization: string | undefined; encoding: string | undefined; events: number }[] = [];
  script: Script = () => undefined;
  /** Before each answer. */
  delayMs = 0;
  private server: Server | undefined;
  private port = 0;

  static async start(): Promise<EventReceiver> {
    const receiver = new EventReceiver();
    await receiver.listen();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Again after `stop`: on the same port, as a restarted service. */
  async listen(): Promise<void> {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { events } = JSON.parse(body) as { events: ReceivedEvent[] };
    const { authorization, 'content-encoding': encoding } = request.headers;
    this.requests.push({ authorization, encoding, events: events.length });
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const scripted = this.script(this.requests.length);
    if (scripted && 'status' in scripted) {
      sendJson(response, scripted.status, scripted.body ?? {}, scripted.headers);
      return;
    }
    if (scripted?.cut === 'before-storing') return void request.socket.destroy();
    const verdict = this.take(events);
    if (scripted?.cut === 'after-storing') return void request.socket.destroy();
    sendJson(response, verdict.rejected.length === events.length ? 422 : 202, verdict);
  }

  private take(events: ReceivedEvent[]): { accepted: number; duplicates: number; rejected: unknown[] } {
    const verdict = { accepted: 0, duplicates: 0, rejected: [] as unknown[] };
    events.forEach((event, index) => {
      const key = `${event.event_id} ${event.occurred_at}`;
      if (typeof event['reject'] === 'string') {
        const errors = [{ path: `events[${index}].total`, message: event['reject'] }];
        verdict.rejected.push({ index, event_id: event.event_id, errors });
      } else if (this.stored.has(key)) verdict.duplicates += 1;
      else {
        this.stored.set(key, event);
        verdict.accepted += 1;
      }
    });
    return verdict;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
