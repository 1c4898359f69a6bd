import { Injectable } from '@nestjs/common';
import { IncomingWebhook, IncomingWebhookHTTPError, type IncomingWebhookSendArguments } from '@slack/webhook';
import { Clock } from '../../platform/clock/index.js';
import { AppConfig } from '../../platform/config/index.js';
import { within } from '../../platform/deadline/index.js';
import { WORKSPACE_WEBHOOK } from '../domain/mask.js';
import { cut } from '../domain/one-line.js';
import type { SendOutcome } from '../domain/send-outcome.js';
import { MessageRenderer, SLACK_TEXT_MAX_LENGTH, type RenderedMessage } from '../messages/message-renderer.js';
import { escapeSlack } from '../messages/templates.js';
import { DeliveryChannel, type Outgoing } from './delivery-channel.js';
import { outcomeOf, ProviderAnswerError, retryAfterMs, UnreadableAnswerError } from './provider-failure.js';
import { publicFetch } from './public-fetch.js';

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
      const posting = this.post(
        url,
        isWorkspace ? fetch : publicFetch,
        blocksOf(message, this.renderer.slack(message)),
      );
      await within(this.timeoutMs, 'Slack', posting);
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf(PROVIDER, error);
    }
  }

  private async post(url: string, send: typeof fetch, message: IncomingWebhookSendArguments): Promise<void> {
    let retryAfter: string | null = null;
    const webhook = new IncomingWebhook(url, {
      timeout: this.timeoutMs,
      fetch: async (...request) => {
        const response = await send(...request).catch(notSent);
        retryAfter = response.headers.get('retry-after');
        return response;
      },
    });
    try {
      const { text } = await webhook.send(message);
      if (text.trim() !== ACCEPTED) throw new UnreadableAnswerError();
    } catch (error) {
      if (!(error instanceof IncomingWebhookHTTPError)) throw error;
      throw new ProviderAnswerError(error.statusCode, undefined, retryAfterMs(retryAfter, this.clock.now().getTime()));
    }
  }
}

/** Slack's client keeps only what it takes for an `Error`: the cause, with the network's own code, goes along in one. */
function notSent(error: unknown): never {
  throw new Error('The request failed.', { cause: error });
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
