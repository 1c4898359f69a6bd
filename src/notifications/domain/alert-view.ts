import type { Severity } from './channel.js';
import type { AlertNotice, NoticeConfig } from './notice.js';
import { durationText } from './duration-text.js';
import { oneLine } from './one-line.js';
import { instantText, NO_DATA, valueTexts, type ValueTexts } from './value-text.js';

/** What a notice says, as it is stored with it. */
export type NoticeContent = Pick<
  AlertNotice,
  | 'alertId'
  | 'kind'
  | 'test'
  | 'metric'
  | 'unit'
  | 'noun'
  | 'currency'
  | 'isLastKnown'
  | 'filters'
  | 'groupBy'
  | 'group'
  | 'condition'
  | 'severity'
  | 'threshold'
  | 'value'
  | 'peakValue'
  | 'resolvedValue'
  | 'resolvedBy'
  | 'windowSeconds'
> & {
  readonly config: Omit<NoticeConfig, 'recipients'>;
  readonly triggeredAt: string;
  readonly resolvedAt: string | null;
};

/** One alert in the words of its messages. Every text is a single line; nothing is escaped yet. */
export interface AlertView {
  readonly state: 'Firing' | 'Resolved' | 'Still firing';
  readonly isTest: boolean;
  readonly isResolved: boolean;
  readonly severity: Severity;
  /** Of the rule, with the group it is about. */
  readonly name: string;
  readonly ruleName: string;
  /** '' for a rule that does not group. */
  readonly group: string;
  readonly description: string;
  readonly metric: string;
  readonly filters: string;
  /** `> 5 % over 5 min` */
  readonly rule: string;
  /** `is 25 %`, `changed by +200 %`; of an alert that is over `was 25 %` and `now 1 %`. */
  readonly reading: string;
  readonly readingNow: string;
  readonly value: string;
  readonly threshold: string;
  /** The value furthest beyond the threshold: `peak 33.3 %`, or `lowest 0.4 %` of a rule on falling values. */
  readonly furthest: string;
  readonly resolvedValue: string;
  /** `over 5 min`; '' where the value is the last known one. */
  readonly overWindow: string;
  readonly triggeredAt: string;
  readonly resolvedAt: string;
  readonly lasted: string;
  /** `by itself`, `by maya`, `because its rule was changed` */
  readonly resolvedBy: string;
  readonly runbookUrl: string;
  readonly link: string;
}

const STATES = { firing: 'Firing', resolved: 'Resolved', reminder: 'Still firing' } as const;

/** @param link of the page about this alert; '' where there is none */
export function alertView(content: NoticeContent, link: string): AlertView {
  const { config } = content;
  const texts = valueTexts(content);
  const isResolved = content.kind === 'resolved';
  return {
    state: STATES[content.kind],
    isTest: content.test === true,
    isResolved,
    severity: content.severity,
    name: nameOf(content),
    ruleName: oneLine(config.name),
    group: groupOf(content),
    description: oneLine(config.description ?? ''),
    metric: content.metric,
    filters: Object.entries(content.filters)
      .map(([dimension, value]) => filterText(dimension, value))
      .join(', '),
    rule: ruleOf(content, texts),
    reading: readingOf(content, texts),
    readingNow: readingNowOf(content, texts),
    value: texts.value(content.value),
    threshold: texts.threshold,
    furthest: `${isOnFalling(content) ? 'lowest' : 'peak'} ${texts.value(content.peakValue)}`,
    resolvedValue: texts.value(content.resolvedValue),
    overWindow: overWindowOf(content),
    triggeredAt: instantText(new Date(content.triggeredAt)),
    resolvedAt: content.resolvedAt === null ? '' : instantText(new Date(content.resolvedAt)),
    lasted: lastedOf(content),
    resolvedBy: resolvedByText(content.resolvedBy),
    runbookUrl: isPage(config.runbookUrl) ? config.runbookUrl : '',
    link,
  };
}

/** Of the rule, with the group the notice is about: `Failures (gemini)`, `Failures (no model)`. */
export function nameOf(content: Pick<NoticeContent, 'config' | 'group' | 'groupBy'>): string {
  const [name, group] = [oneLine(content.config.name), groupOf(content)];
  return group === '' ? name : `${name} (${group})`;
}

function groupOf({ group, groupBy }: Pick<NoticeContent, 'group' | 'groupBy'>): string {
  return group === null ? '' : oneLine(valueOf(groupBy ?? 'value', group));
}

/** What events without the dimension are grouped as: `(none)` today, '' by earlier versions. */
const NONE = new Set(['', '(none)']);
/** What values beyond the number that is kept are folded into. */
const OTHERS = '__other__';

function valueOf(dimension: string, value: string): string {
  if (NONE.has(value)) return `no ${dimension}`;
  return value === OTHERS ? `other values of ${dimension}` : value;
}

function filterText(dimension: string, value: string): string {
  return oneLine(NONE.has(value) ? `no ${dimension}` : `${dimension} = ${valueOf(dimension, value)}`);
}

function isOnFalling({ condition, threshold }: NoticeContent): boolean {
  return condition === 'threshold_below' || (condition === 'rate_of_change' && threshold < 0);
}

/** A change is one between windows, whatever changes. */
function overWindowOf({ condition, isLastKnown, windowSeconds }: NoticeContent): string {
  return isLastKnown === true && condition !== 'rate_of_change' ? '' : `over ${durationText(windowSeconds)}`;
}

function ruleOf(content: NoticeContent, texts: ValueTexts): string {
  const { condition, threshold, windowSeconds } = content;
  const window = durationText(windowSeconds);
  switch (condition) {
    case 'threshold_above':
      return `> ${texts.threshold} ${overWindowOf(content)}`.trim();
    case 'threshold_below':
      return `< ${texts.threshold} ${overWindowOf(content)}`.trim();
    case 'rate_of_change':
      return `${threshold < 0 ? 'falls' : 'rises'} by more than ${texts.threshold.replace(/^[+-]/, '')} from one window of ${window} to the next`;
    default:
      return `more than ${texts.threshold} (robust z-score) from usual ${overWindowOf(content)}`.trim();
  }
}

function readingOf({ condition, kind, value }: NoticeContent, texts: ValueTexts): string {
  const isOver = kind === 'resolved';
  if (value === null) return `${isOver ? 'had' : 'has'} ${NO_DATA}`;
  if (condition === 'rate_of_change') return `changed by ${texts.value(value)}`;
  return `${isOver ? 'was' : 'is'} ${texts.value(value)}`;
}

function readingNowOf({ condition, resolvedValue }: NoticeContent, texts: ValueTexts): string {
  const by = condition === 'rate_of_change' && resolvedValue !== null ? 'by ' : '';
  return `now ${by}${texts.value(resolvedValue)}`;
}

function lastedOf({ triggeredAt, resolvedAt }: NoticeContent): string {
  if (resolvedAt === null) return '';
  return durationText(Math.max(0, Math.round((Date.parse(resolvedAt) - Date.parse(triggeredAt)) / 1_000)));
}

const RESOLVED_WITHOUT_USER: Readonly<Record<string, string>> = {
  auto: 'by itself',
  gone: 'because its group has no values any more',
  config_changed: 'because its rule was changed',
  config_deleted: 'because its rule was deleted',
};

function resolvedByText(resolvedBy: string | null): string {
  if (resolvedBy === null) return '';
  return RESOLVED_WITHOUT_USER[resolvedBy] ?? `by ${oneLine(resolvedBy)}`;
}

function isPage(url: string | null): url is string {
  return url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
