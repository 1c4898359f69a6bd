import { Injectable } from '@nestjs/common';
import { IncomingWebhook, type IncomingWebhookSendArguments } from '@slack/webhook';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { WORKSPACE_WEBHOOK } from '../domain/mask.js';
import { cut } from '../domain/one-line.js';
import { retryAfterMs } from '../domain/retry-policy.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer, SLACK_TEXT_MAX_LENGTH, type RenderedMessage } from '../messages/message-renderer.js';
import { escapeSlack } from '../messages/templates.js';
import { DeliveryChannel, type Outgoing } from './delivery-channel.js';
import { outcomeOf, ProviderAnswerError, UnreadableAnswerError } from './provider-failure.js';
import { postToProvider, type ProviderAnswer } from './provider-request.js';

const PROVIDER = 'Slack';
/** Of Block Kit: a header, one of the fields of a section. */
const MAX_HEADER = 150;
const MAX_FIELD = 2_000;
const MAX_FIELDS = 10;
/** What Slack answers to a message that it took. */
const ACCEPTED = 'ok';

/** Slack, through an incoming webhook: the operator's, or one that a person gave. */
@Injectable()
export class SlackChannel extends DeliveryChannel {
  readonly channel = 'slack';
  private readonly workspaceUrl: string | undefined;
  private readonly timeoutMs: number;

  constructor(
    { notifications }: AppConfig,
    private readonly renderer: MessageRenderer,
    private readonly clock: Clock,
  ) {
    super();
    this.workspaceUrl = notifications.slackWebhookUrl;
    this.timeoutMs = notifications.providerTimeoutMs;
  }

  async send({ address, message }: Outgoing): Promise<SendOutcome> {
    const isWorkspace = address === WORKSPACE_WEBHOOK;
    const url = isWorkspace ? this.workspaceUrl : address;
    if (url === undefined) return { kind: 'permanent', error: 'SLACK_ANALYTICS_WEBHOOK is not set any more.' };
    try {
      // The operator's own URL may lead anywhere: a proxy in the same network is theirs to choose.
      await this.post(new URL(url), !isWorkspace, blocksOf(message, this.renderer.slack(message)));
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf({ name: PROVIDER, secrets: [url, new URL(url).pathname] }, error);
    }
  }

  private async post(url: URL, publicOnly: boolean, message: IncomingWebhookSendArguments): Promise<void> {
    const { status, headers, text, isComplete } = await this.exchange(url, publicOnly, message);
    if (status < 200 || status > 299) {
      const wait = retryAfterMs(headers['retry-after'], this.clock.now().getTime());
      throw new ProviderAnswerError(status, { text, retryAfterMs: wait });
    }
    if (!isComplete || text.trim() !== ACCEPTED) throw new UnreadableAnswerError(status);
  }

  /** Sends with Slack's client, over a transport whose answers are bounded: the client reads any body to its end. */
  private async exchange(
    url: URL,
    publicOnly: boolean,
    message: IncomingWebhookSendArguments,
  ): Promise<ProviderAnswer> {
    let exchange: Promise<ProviderAnswer> | undefined;
    const webhook = new IncomingWebhook(url.href, {
      fetch: async (_url, { headers, body } = {}) => {
        const request = { headers: Object.fromEntries(new Headers(headers)), body: body as string };
        exchange = postToProvider({ url, ...request, publicOnly, timeoutMs: this.timeoutMs });
        // The client wraps errors and drops headers: how it ended is read from the exchange itself.
        await exchange.catch(() => undefined);
        return new Response();
      },
    });
    await webhook.send(message);
    return exchange!;
  }
}

/** A header, the text, the figures, a button; coloured by severity. */
function blocksOf(message: RenderedMessage, mrkdwn: string): IncomingWebhookSendArguments {
  const { title, facts, link, color } = message;
  const section =
    mrkdwn === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: cut(mrkdwn, SLACK_TEXT_MAX_LENGTH) } }];
  const fields = facts.slice(0, MAX_FIELDS).map(([label, value]) => ({
    type: 'mrkdwn',
    text: cut(`*${escapeSlack(label)}*\n${escapeSlack(value)}`, MAX_FIELD),
  }));
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, MAX_HEADER), emoji: false } },
    ...section,
    ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
    ...(link === '' ? [] : [buttonTo(link)]),
  ];
  // The text is what a phone shows before the message is opened.
  return { text: escapeSlack(title), attachments: [{ color, fallback: escapeSlack(title), blocks }] } as never;
}

function buttonTo(link: string): object {
  return {
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text: 'Details', emoji: false }, url: link }],
  };
}
