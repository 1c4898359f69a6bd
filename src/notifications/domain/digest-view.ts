import { nameOf, type AlertView, type NoticeContent } from './alert-view.js';
import { SEVERITIES, type Channel, type Severity } from './channel.js';
import { durationText } from './duration-text.js';
import { oneLine } from './one-line.js';

/** Many notices in one message. */
export interface DigestView {
  /** `12 more alerts`, or that notices are late. */
  readonly heading: string;
  readonly severity: Severity;
  readonly count: number;
  /** At most as many as a message can hold; the others are `more`. */
  readonly items: readonly AlertView[];
  readonly more: number;
  readonly names: string;
}

/** Content of a notice about notices that did not leave in time. */
export interface LateContent {
  readonly kind: 'late';
  readonly channel: Channel;
  readonly severity: Severity;
  readonly targetSeconds: number;
  readonly count: number;
  /** Of the rules whose notices are late. */
  readonly names: readonly string[];
}

const MAX_ITEMS = 50;
const MAX_NAMES = 10;

/** @param viewOf is asked only for what a message has room for: a storm folds thousands into each of many digests */
export function digestView(
  notices: readonly NoticeContent[],
  viewOf: (notice: NoticeContent) => AlertView,
): DigestView {
  const items = notices.slice(0, MAX_ITEMS).map(viewOf);
  return {
    heading: `${notices.length} ${notices.length === 1 ? 'alert' : 'alerts'} in one message`,
    severity: mostSevere(notices.map(({ severity }) => severity)),
    count: notices.length,
    items,
    more: notices.length - items.length,
    names: namesOf(
      notices.map((notice) => (notice.kind === 'resolved' ? `${nameOf(notice)} (resolved)` : nameOf(notice))),
    ),
  };
}

const CHANNEL_NAMES: Readonly<Record<Channel, string>> = {
  in_app: 'in-app notification',
  email: 'e-mail',
  slack: 'Slack',
  sms: 'SMS',
};

export function lateView(content: LateContent): DigestView {
  const { channel, severity, count, targetSeconds, names } = content;
  const notices = count === 1 ? '1 notice' : `${count} notices`;
  return {
    heading: `${notices} by ${CHANNEL_NAMES[channel]} did not leave within ${durationText(targetSeconds)}`,
    severity,
    count,
    items: [],
    more: 0,
    names: namesOf(names.map(oneLine)),
  };
}

/** Each name once with how often it came, the most frequent first. */
function namesOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, MAX_NAMES).map(([name, count]) => (count === 1 ? name : `${name} (${count}x)`));
  const rest = sorted.slice(MAX_NAMES).reduce((sum, [, count]) => sum + count, 0);
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}

function mostSevere(severities: readonly Severity[]): Severity {
  return SEVERITIES.findLast((severity) => severities.includes(severity)) ?? 'info';
}
