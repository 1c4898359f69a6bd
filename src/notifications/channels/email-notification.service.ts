import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { AppConfig } from '../../platform/config/index.js';
import { within } from '../../platform/deadline/index.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer } from '../messages/message-renderer.js';
import { DeliveryChannel, type Outgoing } from './delivery-channel.js';
import { answeredText, codesOf, outcomeOf, type Provider } from './provider-failure.js';

const PROVIDER = 'The mail server';
const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;

/** E-mail, over the operator's mail server. */
@Injectable()
export class EmailNotificationService extends DeliveryChannel implements OnApplicationShutdown {
  readonly channel = 'email';
  private readonly transport: Transporter | undefined;
  private readonly from: string;
  private readonly messageIdDomain: string;
  private readonly timeoutMs: number;
  private readonly secrets: readonly string[];

  constructor(
    { notifications }: AppConfig,
    private readonly renderer: MessageRenderer,
  ) {
    super();
    this.from = notifications.emailFrom;
    this.messageIdDomain = /@([^>\s]+)/.exec(this.from)?.[1] ?? 'localhost';
    this.timeoutMs = notifications.providerTimeoutMs;
    const { smtpUrl } = notifications;
    this.secrets = smtpUrl === undefined ? [] : credentialsOf(smtpUrl);
    this.transport = smtpUrl === undefined ? undefined : transportTo(smtpUrl, this.timeoutMs);
  }

  async send({ deliveryId, address, message }: Outgoing): Promise<SendOutcome> {
    if (!this.transport) return { kind: 'permanent', error: 'SMTP_URL is not set any more.' };
    const mail = {
      from: this.from,
      // As an object it is one address, whatever it holds.
      to: { name: '', address },
      subject: message.title,
      text: this.renderer.text(message),
      html: this.renderer.html(message),
      // The same for each attempt: most mailboxes show a repeat once.
      messageId: `<${deliveryId}@${this.messageIdDomain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    try {
      await within(this.timeoutMs, PROVIDER, this.transport.sendMail(mail));
      return { kind: 'sent', reference: mail.messageId };
    } catch (error) {
      return smtpOutcome({ name: PROVIDER, secrets: this.secrets }, error);
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}

/** One connection for each message: a connection that hangs then holds up one message, not those behind it. */
function transportTo(url: string, timeoutMs: number): Transporter {
  const { protocol, hostname } = new URL(url);
  return createTransport({
    url,
    // All of them before the deadline of the whole call, so that nothing stays open behind it.
    connectionTimeout: timeoutMs / 2,
    greetingTimeout: timeoutMs / 2,
    dnsTimeout: timeoutMs / 2,
    socketTimeout: timeoutMs,
    // Nobody listens in between: a relay on this machine with a certificate of its own making is as good as any.
    ignoreTLS: protocol === 'smtp:' && LOOPBACK.test(hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function credentialsOf(url: string): string[] {
  const { username, password } = new URL(url);
  return [username, password, decodeURIComponent(username), decodeURIComponent(password)];
}

/** SMTP's own codes are the other way round: 4xx asks to come again, 5xx does not. */
function smtpOutcome(provider: Provider, error: unknown): SendOutcome {
  const { responseCode, response, timeoutType } = error as {
    responseCode?: number;
    response?: string;
    timeoutType?: string;
  };
  if (responseCode !== undefined && responseCode >= 400) {
    // Each line of an answer begins with its code.
    const refusal = answeredText(provider, responseCode, { text: response?.replace(/^\d{3}[ -]?/gm, '') });
    return responseCode >= 500 ? { kind: 'permanent', error: refusal } : { kind: 'retry', error: refusal };
  }
  const codes = codesOf(error);
  if (codes.includes('EENVELOPE')) return { kind: 'permanent', error: `${PROVIDER} does not take the address.` };
  if (codes.includes('EAUTH')) return { kind: 'permanent', error: `${PROVIDER} refused the login.` };
  const isBeforeMail = timeoutType !== undefined && timeoutType !== 'SOCKET_TIMEOUT';
  const outcome = outcomeOf(provider, error);
  return outcome.kind === 'retry' && isBeforeMail ? { ...outcome, mayHaveArrived: false } : outcome;
}
