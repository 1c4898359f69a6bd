import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Target } from './target.js';

export interface Answer {
  status: number;
  retryAfter: string | undefined;
  location: string | undefined;
  body: string;
}

/** No answer came; the request may or may not have been carried out. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';

  constructor(
    message: string,
    /** Nothing listens, or the name is unknown: the request cannot have been carried out. */
    readonly neverSent: boolean,
    /** The address itself is wrong (unknown name, certificate not trusted): trying again cannot help. */
    readonly permanent: boolean,
  ) {
    super(message);
  }
}

export interface EventsClientOptions {
  target: Target;
  token: string;
  connections: number;
}

/** Longer than the service takes for anything it answers at all. */
const ANSWER_TIMEOUT_MS = 60_000;
/** What an interrupted import waits for answers on their way. */
const INTERRUPTED_GRACE_MS = 5_000;
/** 1,000 rejected events with their reasons stay far below. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const compress = promisify(gzip);

/** Posts bodies to POST /events over a fixed number of kept-alive connections. */
export class EventsClient {
  private readonly agent: http.Agent;
  private readonly transport: typeof http | typeof https;

  constructor(private readonly options: EventsClientOptions) {
    this.transport = options.target.eventsUrl.protocol === 'https:' ? https : http;
    this.agent = new this.transport.Agent({ keepAlive: true, maxSockets: options.connections });
  }

  /** @throws ConnectionFailure */
  async post(body: Buffer, signal: AbortSignal): Promise<Answer> {
    // A slow line is worth the processor time of packing; to this machine bytes cost nothing, and the time is the service's.
    if (this.options.target.local) return this.exchange(body, {}, signal);
    return this.exchange(await compress(body, { level: 1 }), { 'content-encoding': 'gzip' }, signal);
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange(body: Buffer, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.open(body, headers);
      const stopWaiting = abortLater(signal, () => request.destroy(new Error('interrupted')));
      const fail = (error: NodeJS.ErrnoException): void => {
        stopWaiting();
        reject(connectionFailure(error));
      };
      request.on('error', fail);
      request.on('timeout', () => request.destroy(new Error(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`)));
      request.on('response', (response) => {
        readBody(response).then((text) => {
          stopWaiting();
          resolve(toAnswer(response, text));
        }, fail);
      });
      request.end(body);
    });
  }

  private open(body: Buffer, headers: http.OutgoingHttpHeaders): http.ClientRequest {
    return this.transport.request(this.options.target.eventsUrl, {
      method: 'POST',
      agent: this.agent,
      timeout: ANSWER_TIMEOUT_MS,
      headers: {
        authorization: `Bearer ${this.options.token}`,
        'content-type': 'application/json',
        'content-length': body.length,
        ...headers,
      },
    });
  }
}

function abortLater(signal: AbortSignal, abort: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(abort, INTERRUPTED_GRACE_MS);
  };
  signal.addEventListener('abort', start, { once: true });
  return () => {
    signal.removeEventListener('abort', start);
    clearTimeout(timer);
  };
}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toAnswer(response: http.IncomingMessage, body: string): Answer {
  const { 'retry-after': retryAfter, location } = response.headers;
  return { status: response.statusCode ?? 0, retryAfter, location, body };
}

function connectionFailure(error: NodeJS.ErrnoException): ConnectionFailure {
  const code = error.code ?? '';
  const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO/.test(code);
  // Node joins the failures of all addresses of a name into one error without a message.
  const message = error.message || (error as { errors?: Error[] }).errors?.[0]?.message || code;
  return new ConnectionFailure(message, NEVER_SENT.has(code) || certificate, code === 'ENOTFOUND' || certificate);
}
