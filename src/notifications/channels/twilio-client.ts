import twilio from 'twilio';
import { ProviderAnswerError, retryAfterMs, UnreadableAnswerError } from './provider-failure.js';

// A CommonJS module: what it exports beside the client hangs on the client.
const { RequestClient } = twilio;
type HttpClient = InstanceType<typeof RequestClient>;
type Request = Parameters<HttpClient['request']>[0];
type Answer = Awaited<ReturnType<HttpClient['request']>>;

/** Twilio's own client, sending to wherever the operator says Twilio's API is. */
export class TwilioHttpClient extends RequestClient {
  private readonly base: URL;

  constructor(
    baseUrl: string,
    timeoutMs: number,
    private readonly nowMs: () => number,
  ) {
    super({ timeout: timeoutMs });
    this.base = new URL(baseUrl);
  }

  /** @throws ProviderAnswerError for what is no success: Twilio's client would drop the headers of the answer */
  override async request(options: Request): Promise<never> {
    const answer: Answer = await super.request({ ...options, uri: this.rewritten(options.uri) });
    if (answer.statusCode >= 300) {
      const { code } = (answer.body ?? {}) as { code?: string | number };
      const wait = (answer as { headers?: Record<string, unknown> }).headers?.['retry-after'];
      throw new ProviderAnswerError(answer.statusCode, code, retryAfterMs(wait, this.nowMs()));
    }
    if (typeof answer.body !== 'object' || answer.body === null) throw new UnreadableAnswerError();
    return answer as never;
  }

  private rewritten(uri: string): string {
    const url = new URL(uri);
    return `${this.base.origin}${this.base.pathname.replace(/\/$/, '')}${url.pathname}${url.search}`;
  }
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
    if (!sid) throw new UnreadableAnswerError();
    return sid;
  };
}
