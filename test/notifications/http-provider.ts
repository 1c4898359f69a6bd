import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly at: number;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse) => void;

/** Slack or Twilio, as far as HTTP shows them: a real server that keeps what it got, and whose answers a test decides. */
export class HttpProvider {
  readonly received: ReceivedRequest[] = [];
  /** Used up one by one, before `usual`. */
  readonly next: Answer[] = [];
  private port = 0;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      this.received.push({ at: Date.now(), path: url, headers, body: Buffer.concat(chunks).toString() });
      (this.next.shift() ?? this.usual)(response);
    });
  });

  constructor(public usual: Answer) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** From here on connections are refused; `start()` opens the same port again. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What Slack's incoming webhooks answer: plain words. */
export const slackAnswers = {
  ok: (response) => response.setHeader('content-type', 'text/html').end('ok'),
  rateLimited: (response) => response.writeHead(429, { 'retry-after': '2' }).end('rate_limited'),
  unavailable: (response) => response.writeHead(503).end('service_unavailable'),
  refused: (response) => response.writeHead(400).end('invalid_payload'),
  broken: (response) => response.end('<html>captive portal</html>'),
} as const satisfies Record<string, Answer>;

let messages = 0;

/** What Twilio answers to a message: the resource, or its error format. */
export const twilioAnswers = {
  ok: (response) => {
    messages += 1;
    const sid = `SM${String(messages).padStart(32, '0')}`;
    json(response, 201, { sid, status: 'queued', error_code: null, date_created: 'Sun, 22 Nov 2026 10:00:00 +0000' });
  },
  rateLimited: (response) => {
    response.setHeader('retry-after', '2');
    json(response, 429, { code: 20429, message: 'Too Many Requests', status: 429 });
  },
  unavailable: (response) => json(response, 503, { code: 20503, message: 'Service Unavailable', status: 503 }),
  refused: (response) =>
    json(response, 400, { code: 21211, message: "The 'To' number +15005550001 is not valid.", status: 400 }),
  broken: (response) => response.writeHead(201, { 'content-type': 'application/json' }).end('{"sid": "SM'),
} as const satisfies Record<string, Answer>;

/** 429, with the pause that it asks for. */
export function rateLimitedFor(retryAfter: string): Answer {
  return (response) => response.writeHead(429, { 'retry-after': retryAfter }).end('{}');
}

/** A body without an end, as fast as it is read; `onClose` is called when the client has had enough. */
export function endless(status: number, onClose: (bytes: number) => void): Answer {
  return (response) => {
    const chunk = Buffer.alloc(65_536, 'x');
    let bytes = 0;
    const write = (): void => {
      bytes += chunk.length;
      if (!response.destroyed && response.write(chunk)) setImmediate(write);
    };
    response.on('drain', write).on('close', () => onClose(bytes));
    response.writeHead(status);
    write();
  };
}

/** Takes the request and never says a word. */
export const hang: Answer = () => undefined;

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
