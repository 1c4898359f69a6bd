import { Injectable } from '@nestjs/common';
import { AppConfig, type HttpConfig } from '../../platform/config/index.js';
import { alertView, type AlertView, type NoticeContent } from '../domain/alert-view.js';
import type { Severity } from '../domain/channel.js';
import { digestView, lateView, type DigestView, type LateContent } from '../domain/digest-view.js';
import { cut } from '../domain/one-line.js';
import { factsOf } from './facts.js';
import { Templates, type Subject } from './templates.js';

/** What one message tells: a notice, and those that were folded into it. */
export type MessageContents = readonly (NoticeContent | LateContent)[];

/** A message, ready for whichever channel. Slack's parts are escaped, the others plain. */
export interface RenderedMessage {
  readonly severity: Severity;
  readonly isResolved: boolean;
  /** One line. */
  readonly title: string;
  readonly view: AlertView | DigestView;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly link: string;
  /** `#rrggbb` */
  readonly color: string;
}

const COLORS: Readonly<Record<Severity, string>> = { info: '#1976d2', warning: '#f9a825', critical: '#d32f2f' };
const RESOLVED_COLOR = '#2e7d32';
const TITLE_MAX_LENGTH = 200;
/** Two parts of a concatenated SMS in the 7-bit alphabet, rounded up; what is longer costs more and reads badly. */
export const SMS_MAX_LENGTH = 320;
/** Shorter than this a name says nothing. */
const NAME_MIN_LENGTH = 12;

/** Writes messages from notices. */
@Injectable()
export class MessageRenderer {
  private readonly templates = new Templates();
  private readonly alertsUrl: string;

  constructor({ http }: AppConfig) {
    this.alertsUrl = `${publicUrlOf(http)}/api/v1/analytics/alerts`;
  }

  render(contents: MessageContents): RenderedMessage {
    const { subject, view, isResolved } = this.viewOf(contents);
    return {
      severity: view.severity,
      isResolved,
      title: cut(this.templates.render(subject, 'title', view), TITLE_MAX_LENGTH),
      view,
      facts: subject === 'alert' ? factsOf(view as AlertView) : [],
      link: view.link,
      color: isResolved ? RESOLVED_COLOR : COLORS[view.severity],
    };
  }

  html(message: RenderedMessage): string {
    const { title, color, facts, view } = message;
    return this.templates.render(subjectOf(view), 'html', { ...view, title, color, facts });
  }

  text({ view }: RenderedMessage): string {
    return this.templates.render(subjectOf(view), 'text', view);
  }

  /** Slack's mrkdwn, escaped. */
  slack({ view }: RenderedMessage): string {
    return this.templates.render(subjectOf(view), 'slack', view);
  }

  inbox({ view }: RenderedMessage): string {
    return this.templates.render(subjectOf(view), 'inbox', view);
  }

  /** At most {@link SMS_MAX_LENGTH} characters. Names are cut before the value and the link are. */
  sms({ view }: RenderedMessage): string {
    const render = (shown: AlertView | DigestView): string => this.templates.render(subjectOf(view), 'sms', shown);
    const whole = render(view);
    if (whole.length <= SMS_MAX_LENGTH) return whole;
    const excess = whole.length - SMS_MAX_LENGTH;
    const shortened =
      'names' in view ? { ...view, names: shorter(view.names, excess) } : { ...view, name: shorter(view.name, excess) };
    return cut(render(shortened), SMS_MAX_LENGTH);
  }

  private viewOf(contents: MessageContents): { subject: Subject; view: AlertView | DigestView; isResolved: boolean } {
    const late = contents.find((content) => content.kind === 'late');
    if (late) return { subject: 'digest', view: lateView(late, `${this.alertsUrl}/active`), isResolved: false };
    const notices = contents as readonly NoticeContent[];
    const viewOf = (notice: NoticeContent): AlertView =>
      alertView(notice, notice.alertId === null ? '' : `${this.alertsUrl}/${notice.alertId}`);
    const isResolved = notices.every(({ kind }) => kind === 'resolved');
    if (notices.length === 1) return { subject: 'alert', view: viewOf(notices[0]!), isResolved };
    return { subject: 'digest', view: digestView(notices, viewOf, `${this.alertsUrl}/active`), isResolved };
  }
}

function shorter(text: string, by: number): string {
  return cut(text, Math.max(NAME_MIN_LENGTH, text.length - by));
}

function subjectOf(view: AlertView | DigestView): Subject {
  return 'names' in view ? 'digest' : 'alert';
}

function publicUrlOf({ publicUrl, host, port }: HttpConfig): string {
  if (publicUrl !== undefined) return publicUrl;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
