import twilio from 'twilio';
import { retryAfterMs } from '../domain/retry-policy.js';
import { ProviderAnswerError, UnreadableAnswerError } from './provider-failure.js';
import { postToProvider, type ProviderAnswer } from './provider-request.js';

// A CommonJS module: what it exports beside the client hangs on the client.
const { RequestClient } = twilio;
type HttpClient = InstanceType<typeof RequestClient>;
type Request = Parameters<HttpClient['request']>[0];

/** The transport of Twilio's client: to wherever the operator says Twilio's API is, with answers that are bounded. */
export class TwilioHttpClient extends RequestClient {
  private readonly base: URL;

  constructor(
    baseUrl: string,
    private readonly timeoutMs: number,
    private readonly nowMs: () => number,
  ) {
    super({ timeout: timeoutMs });
    this.base = new URL(baseUrl);
  }

  /**
   * Posts a form; Twilio's client asks for nothing else here.
   * @throws ProviderAnswerError for what is no success, UnreadableAnswerError for a success that names no message
   */
  override async request({ uri, username = '', password = '', headers, data }: Request): Promise<never> {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const answer = await postToProvider({
      url: this.rewritten(uri),
      headers: { ...(headers as Record<string, string>), authorization },
      body: new URLSearchParams(data as Record<string, string>).toString(),
      timeoutMs: this.timeoutMs,
    });
    const { sid, code, message } = readBody(answer);
    if (answer.status < 200 || answer.status > 299) {
      const wait = retryAfterMs(answer.headers['retry-after'], this.nowMs());
      throw new ProviderAnswerError(answer.status, { code, text: message ?? answer.text, retryAfterMs: wait });
    }
    if (sid === undefined) throw new UnreadableAnswerError(answer.status);
    return { statusCode: answer.status, body: { sid } } as never;
  }

  private rewritten(uri: string): URL {
    const { pathname, search } = new URL(uri);
    return new URL(`${this.base.origin}${this.base.pathname.replace(/\/$/, '')}${pathname}${search}`);
  }
}

interface TwilioBody {
  /** Of the message. */
  readonly sid?: string;
  /** Of the error. */
  readonly code?: string | number;
  readonly message?: string;
}

/** What is to be used of an answer, whatever it is. */
function readBody({ text }: ProviderAnswer): TwilioBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  const { sid, code, message } = (body ?? {}) as Record<string, unknown>;
  return {
    ...(typeof sid === 'string' && sid !== '' && { sid }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof message === 'string' && { message }),
  };
}

/** Sends one SMS and answers its id. */
export type SendSms = (to: string, body: string) => Promise<string>;

export function twilioSender(
  account: { readonly accountSid: string; readonly authToken: string; readonly fromNumber: string },
  httpClient: HttpClient,
): SendSms {
  const client = twilio(account.accountSid, account.authToken, { httpClient });
  return async (to, body) => {
    const { sid } = await client.messages.create({ to, from: account.fromNumber, body });
    return sid;
  };
}
