import type { Severity } from './channel.js';
import type { AlertNotice, NoticeConfig } from './notice.js';
import { oneLine } from './one-line.js';

/** What a notice says, as it is stored with it. */
export type NoticeContent = Pick<
  AlertNotice,
  | 'alertId'
  | 'kind'
  | 'test'
  | 'metric'
  | 'unit'
  | 'filters'
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
  readonly description: string;
  readonly metric: string;
  readonly filters: string;
  /** `> 0.05`, in the metric's unit. */
  readonly rule: string;
  readonly value: string;
  readonly threshold: string;
  readonly peakValue: string;
  readonly resolvedValue: string;
  readonly window: string;
  readonly triggeredAt: string;
  readonly resolvedAt: string;
  readonly lasted: string;
  readonly resolvedBy: string;
  readonly runbookUrl: string;
  readonly link: string;
}

const STATES = { firing: 'Firing', resolved: 'Resolved', reminder: 'Still firing' } as const;

/** @param link of the page about this alert; '' where there is none */
export function alertView(content: NoticeContent, link: string): AlertView {
  const { config, unit } = content;
  const withUnit = (value: number | null): string => formatValue(value, unit);
  return {
    state: STATES[content.kind],
    isTest: content.test === true,
    isResolved: content.kind === 'resolved',
    severity: content.severity,
    name: nameOf(content),
    description: oneLine(config.description ?? ''),
    metric: content.metric,
    filters: oneLine(
      Object.entries(content.filters)
        .map(([dimension, value]) => `${dimension} = ${value}`)
        .join(', '),
    ),
    rule: ruleOf(content),
    value: withUnit(content.value),
    threshold: content.condition.startsWith('threshold') ? withUnit(content.threshold) : String(content.threshold),
    peakValue: withUnit(content.peakValue),
    resolvedValue: withUnit(content.resolvedValue),
    window: formatSeconds(content.windowSeconds),
    triggeredAt: formatInstant(content.triggeredAt),
    resolvedAt: content.resolvedAt === null ? '' : formatInstant(content.resolvedAt),
    lasted: lastedOf(content),
    resolvedBy: oneLine(content.resolvedBy ?? ''),
    runbookUrl: isPage(config.runbookUrl) ? config.runbookUrl : '',
    link,
  };
}

/** Of the rule, with the group the notice is about. */
export function nameOf({ config, group }: NoticeContent): string {
  return oneLine(group === null ? config.name : `${config.name} (${group})`);
}

function ruleOf({ condition, threshold, unit }: NoticeContent): string {
  switch (condition) {
    case 'threshold_above':
      return `> ${formatValue(threshold, unit)}`;
    case 'threshold_below':
      return `< ${formatValue(threshold, unit)}`;
    case 'rate_of_change':
      return `${threshold < 0 ? 'fell' : 'rose'} by more than ${formatNumber(Math.abs(threshold) * 100)} %`;
    default:
      return `more than ${formatNumber(threshold)} deviations from usual`;
  }
}

/** Units that only say that the number has none. */
const BARE_UNITS = new Set(['', 'count', 'fraction', 'ratio', '1']);

function formatValue(value: number | null, unit: string): string {
  if (value === null) return 'no data';
  return BARE_UNITS.has(unit) ? formatNumber(value) : `${formatNumber(value)} ${oneLine(unit)}`;
}

const SIGNIFICANT_DIGITS = 6;

function formatNumber(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}

/** `2026-11-22 10:01:00 UTC` */
function formatInstant(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function lastedOf({ triggeredAt, resolvedAt }: NoticeContent): string {
  if (resolvedAt === null) return '';
  return formatSeconds(Math.max(0, Math.round((Date.parse(resolvedAt) - Date.parse(triggeredAt)) / 1_000)));
}

/** `90 s`, `5 min`, `2 h 5 min`, `3 d 4 h` */
export function formatSeconds(seconds: number): string {
  if (seconds < 120 && seconds % 60 !== 0) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function isPage(url: string | null): url is string {
  return url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
