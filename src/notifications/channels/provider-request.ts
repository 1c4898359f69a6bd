import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { DeadlineExceededError } from '../../platform/deadline/index.js';
import { hostOf, lookupPublic, refusePrivateHost } from './public-address.js';

/** The answer of a provider has a few hundred bytes; nothing is read beyond this. */
export const MAX_ANSWER_BYTES = 65_536;

export interface ProviderRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it: look-up, connection, and the answer. */
  readonly timeoutMs: number;
  /** Refuses addresses that are not public, for URLs that users gave: see {@link lookupPublic}. */
  readonly publicOnly?: boolean;
}

export interface ProviderAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As much of the body as was read. */
  readonly text: string;
  /** False: the body was too long, came too slowly, or broke off. */
  readonly isComplete: boolean;
}

/** No connection was made in time: the provider cannot have got anything. */
export class NotConnectedError extends Error {
  readonly code = 'NO_CONNECTION';
}

/**
 * Posts to a provider. Once the status has arrived it is the answer, whatever happens to the body: the message was taken
 * or refused. Redirects are not followed.
 * @throws DeadlineExceededError, NotConnectedError, ForbiddenAddressError, or the error of the connection
 */
export async function postToProvider(request: ProviderRequest): Promise<ProviderAnswer> {
  const { url, body, timeoutMs, publicOnly = false } = request;
  if (publicOnly) refusePrivateHost(hostOf(url));
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...request.headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own is looked up, and so checked, each time.
    ...(publicOnly && { lookup: lookupPublic, agent: false }),
  };
  return new Promise((resolve, reject) => {
    let reading: BodyReader | undefined;
    const sending = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (answer) => {
      reading = new BodyReader(answer, (read) => {
        clearTimeout(timer);
        resolve(read);
      });
    });
    let isConnected = false;
    sending.on('socket', (socket) => {
      isConnected = sending.reusedSocket;
      if (!isConnected)
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (isConnected = true));
    });
    const giveUp = (): void => {
      if (reading) reading.stop();
      else if (isConnected) sending.destroy(new DeadlineExceededError(`The answer of ${url.hostname}`, timeoutMs));
      else sending.destroy(new NotConnectedError());
    };
    // What arrived while this process was busy is read first, see `within`.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    sending.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sending.end(body);
  });
}

/** Reads the body of an answer up to its limit, and closes the connection of one that is not read to its end. */
class BodyReader {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly answer: IncomingMessage,
    private readonly done: (answer: ProviderAnswer) => void,
  ) {
    answer.on('data', (chunk: Buffer) => this.add(chunk));
    answer.on('end', () => this.finish(answer.complete));
    answer.on('error', () => this.finish(false));
    answer.on('close', () => this.finish(false));
  }

  /** Takes what has been read as the answer. */
  stop(): void {
    this.finish(false);
    this.answer.destroy();
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - this.bytes));
    this.bytes += chunk.length;
    if (this.bytes > MAX_ANSWER_BYTES) this.stop();
  }

  private finish(isComplete: boolean): void {
    const { statusCode: status = 0, headers } = this.answer;
    this.done({ status, headers, text: Buffer.concat(this.chunks).toString(), isComplete });
  }
}
