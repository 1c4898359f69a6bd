import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../platform/config/index.js';
import { alertView, type AlertView, type NoticeContent } from '../domain/alert-view.js';
import type { Severity } from '../domain/channel.js';
import { digestView, lateView, type DigestView, type LateContent } from '../domain/digest-view.js';
import { cut, oneLine } from '../domain/one-line.js';
import { plainForSms, smsParts } from '../domain/sms-text.js';
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
/** What is longer costs more and reads badly. */
export const SMS_MAX_LENGTH = 320;
/** Reached before {@link SMS_MAX_LENGTH} by characters that are not in the 7-bit alphabet, or count twice in it. */
export const SMS_MAX_PARTS = 3;
/** Shorter than this a name says little: then it is the link that an SMS goes without. */
const NAME_MIN_LENGTH = 30;
/** Of the text of one section in Slack's Block Kit. */
export const SLACK_TEXT_MAX_LENGTH = 3_000;
const SLACK_MAX_ITEMS = 20;
/** Fits in any case: escaped, a character is at most five. */
const SLACK_SHORT_LENGTH = 400;

/** Writes messages from notices. */
@Injectable()
export class MessageRenderer {
  private readonly templates = new Templates();
  private readonly alertUrlTemplate: string | undefined;

  constructor({ notifications }: AppConfig) {
    this.alertUrlTemplate = notifications.alertUrlTemplate;
  }

  render(contents: MessageContents): RenderedMessage {
    const { subject, view, isResolved } = this.viewOf(contents);
    return {
      severity: view.severity,
      isResolved,
      title: cut(oneLine(this.templates.render(subject, 'title', view)), TITLE_MAX_LENGTH),
      view,
      facts: subject === 'alert' ? factsOf(view as AlertView) : [],
      link: 'link' in view ? view.link : '',
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

  /** Slack's mrkdwn, escaped. What Slack would not take whole is shorter, and never ends within a link or an entity. */
  slack({ view }: RenderedMessage): string {
    const fits = (text: string): boolean => text.length <= SLACK_TEXT_MAX_LENGTH;
    if (!('items' in view)) {
      const text = this.templates.render('alert', 'slack', view);
      const description = cut(view.description, SLACK_SHORT_LENGTH);
      return fits(text) ? text : this.templates.render('alert', 'slack', { ...view, description });
    }
    for (let shown = Math.min(SLACK_MAX_ITEMS, view.items.length); shown >= 0; shown -= 1) {
      const items = view.items.slice(0, shown);
      const more = view.more + view.items.length - shown;
      const text = this.templates.render('digest', 'slack', { ...view, items, more });
      if (fits(text)) return text;
    }
    const names = cut(view.names, SLACK_SHORT_LENGTH);
    return this.templates.render('digest', 'slack', { ...view, names, items: [], more: 0 });
  }

  inbox({ view }: RenderedMessage): string {
    return this.templates.render(subjectOf(view), 'inbox', view);
  }

  /**
   * In the 7-bit alphabet wherever the names allow, at most {@link SMS_MAX_LENGTH} characters and
   * {@link SMS_MAX_PARTS} parts. What does not fit is cut off the names; the value stays whole, and so does the link or
   * it is left out.
   */
  sms({ view }: RenderedMessage): string {
    if ('names' in view) {
      const digest = (names: string): string => this.smsOf('digest', { ...view, names });
      return longestThatFits(view.names, 0, digest) ?? cutForSms(digest(view.names));
    }
    const alert = (link: string) => (name: string) => this.smsOf('alert', { ...view, name, link });
    const withGroup = (rule: string): string => (view.group === '' ? rule : `${rule} (${view.group})`);
    return (
      longestThatFits(view.ruleName, NAME_MIN_LENGTH, (rule) => alert(view.link)(withGroup(rule))) ??
      longestThatFits(view.ruleName, NAME_MIN_LENGTH, (rule) => alert('')(withGroup(rule))) ??
      longestThatFits(view.name, 0, alert('')) ??
      cutForSms(alert('')(view.name))
    );
  }

  private smsOf(subject: Subject, view: AlertView | DigestView): string {
    return plainForSms(this.templates.render(subject, 'sms', view));
  }

  private viewOf(contents: MessageContents): { subject: Subject; view: AlertView | DigestView; isResolved: boolean } {
    const late = contents.find((content) => content.kind === 'late');
    if (late) return { subject: 'digest', view: lateView(late), isResolved: false };
    const notices = contents as readonly NoticeContent[];
    const viewOf = (notice: NoticeContent): AlertView => alertView(notice, this.linkTo(notice.alertId));
    const isResolved = notices.every(({ kind }) => kind === 'resolved');
    if (notices.length === 1) return { subject: 'alert', view: viewOf(notices[0]!), isResolved };
    return { subject: 'digest', view: digestView(notices, viewOf), isResolved };
  }

  /** Routes of this API need a bearer token, which a browser does not send: they are never linked to. */
  private linkTo(alertId: string | null): string {
    if (alertId === null || this.alertUrlTemplate === undefined) return '';
    return this.alertUrlTemplate.replaceAll('{id}', encodeURIComponent(alertId));
  }
}

/**
 * The message with as much of a name as fits into an SMS; undefined when not even `minLength` of it do.
 * @param render with a name gives the message; a shorter name never gives a longer one
 */
function longestThatFits(name: string, minLength: number, render: (name: string) => string): string | undefined {
  if (fitsSms(render(name))) return render(name);
  let [low, high] = [Math.min(minLength, name.length), name.length];
  if (!fitsSms(render(cut(name, low)))) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fitsSms(render(cut(name, middle)))) low = middle;
    else high = middle;
  }
  return render(cut(name, low));
}

function fitsSms(text: string): boolean {
  return text.length <= SMS_MAX_LENGTH && smsParts(text) <= SMS_MAX_PARTS;
}

/** For what a name leaves no room at all. */
function cutForSms(text: string): string {
  return longestThatFits(text, 0, (shown) => shown) ?? '';
}

function subjectOf(view: AlertView | DigestView): Subject {
  return 'names' in view ? 'digest' : 'alert';
}
