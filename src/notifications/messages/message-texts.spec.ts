import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { AlertCatalogue } from '../../alerts/alert-catalogue.js';
import { CONDITIONS } from '../../alerts/domain/alert-config.js';
import { METRICS } from '../../metrics/catalogue/metrics.js';
import { Catalogue, FAMILIES } from '../../metrics/index.js';
import { loadConfig } from '../../platform/config/index.js';
import type { NoticeContent } from '../domain/alert-view.js';
import { isGsm7, smsParts } from '../domain/sms-text.js';
import { MessageRenderer, type MessageContents } from './message-renderer.js';

const ALERT_ID = '5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e';
const LINK = `https://admin.example/alerts/${ALERT_ID}`;
const config = loadConfig({ BASE_CURRENCY: 'CHF' });
const catalogue = new AlertCatalogue(new Catalogue(FAMILIES, METRICS), config);
const plain = new MessageRenderer(config);
const linked = new MessageRenderer(loadConfig({ ALERT_URL_TEMPLATE: 'https://admin.example/alerts/{id}' }));

type Condition = (typeof CONDITIONS)[number];
type Kind = NoticeContent['kind'];

/** Threshold, value above it, peak, and value below it, as a metric in this unit could have them. */
const NUMBERS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  count: [1_200, 1_234, 2_468, 1],
  items: [20, 40, 60, 12.5],
  connections: [8, 9, 10, 1],
  jobs: [1_000, 1_234.25, 5_000, 12],
  money: [1_234_567.5, 1_234_567.89, 2_000_000, 1_200_000],
  usd: [0.005, 0.0567, 12.5, 0.0004],
  ratio: [0.05, 0.254, 1 / 3, 0.0123],
  ms: [1_000, 1_234.5, 95_000, 322.4],
  seconds: [300, 1_805, 7_512, 2],
  unix_seconds: [1_795_600_000, 1_795_600_060, 1_795_603_600, 1_795_599_940],
};
const CHANGES = [1, 2, 3.456, 0.2] as const;
const SCORES = [5, 6.2, 22.31, -0.4] as const;

/** What a number in the unit looks like; the noun of a count comes from the catalogue. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  money: /CHF \d{1,3}(,\d{3})*\.\d\d/,
  usd: /USD \d+\.\d\d/,
  ratio: /\d+(\.\d+)? %/,
  ms: /\d (ms|s|min|h|d)\b/,
  seconds: /\d (ms|s|min|h|d)\b/,
  unix_seconds: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
};

function shapeOf(metric: string, condition: Condition): RegExp {
  if (condition === 'rate_of_change') return /\+\d[\d,.]* %/;
  if (condition === 'anomaly') return /\d[\d,.]* deviations?\b/;
  const { unit, noun } = catalogue.measureOf({ metric, filters: {}, groupBy: null }, null);
  return SHAPES[unit] ?? new RegExp(`\\d (${noun?.one}|${noun?.other})\\b`);
}

function notice(metric: string, condition: Condition, kind: Kind): NoticeContent {
  const measure = catalogue.measureOf({ metric, filters: {}, groupBy: null }, null);
  const numbers =
    condition === 'rate_of_change'
      ? CHANGES
      : condition === 'anomaly'
        ? SCORES
        : (NUMBERS[measure.unit] ?? [0, 1, 2, 0]);
  const [threshold, above, peak, below] = numbers;
  const isBelow = condition === 'threshold_below';
  const [value, resolvedValue, peakValue] = isBelow ? [below, above, below] : [above, below, peak];
  const isOver = kind === 'resolved';
  return {
    alertId: ALERT_ID,
    kind,
    config: {
      id: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
      name: 'Checkout watch',
      description: null,
      version: 1,
      channels: null,
      runbookUrl: null,
      labels: {},
    },
    metric,
    ...measure,
    filters: {},
    groupBy: null,
    group: null,
    condition,
    severity: 'critical',
    threshold,
    value,
    peakValue,
    resolvedValue: isOver ? resolvedValue : null,
    resolvedBy: isOver ? 'auto' : null,
    windowSeconds: 300,
    triggeredAt: '2026-11-22T10:01:00.000Z',
    resolvedAt: isOver ? '2026-11-22T10:31:05.000Z' : null,
  };
}

/** A message as each channel sends it. */
function rendered(renderer: MessageRenderer, contents: MessageContents): Record<string, string> {
  const message = renderer.render(contents);
  return {
    subject: message.title,
    text: renderer.text(message),
    html: renderer.html(message),
    slack: [renderer.slack(message), ...message.facts.map((fact) => fact.join(': '))].join('\n'),
    sms: renderer.sms(message),
    inbox: renderer.inbox(message),
    link: message.link,
  };
}

const KINDS: readonly Kind[] = ['firing', 'reminder', 'resolved'];

/** What no message may hold, besides the metric's own name. */
const RAW =
  /undefined|null|NaN|Infinity|\[object|money|unix_seconds|\bratio\b|\bfraction\b|\busd\b|\bitems\b|__|[\u00a0\u202f]/;

interface Case {
  readonly what: string;
  readonly condition: Condition;
  readonly isDigest: boolean;
  readonly withoutLinks: Record<string, string>;
  readonly withLinks: Record<string, string>;
}

function casesOf(metric: string): Case[] {
  return CONDITIONS.flatMap((condition) => {
    const notices = KINDS.map((kind) => notice(metric, condition, kind));
    return [...notices.map((one) => [one]), notices].map((contents) => {
      const isDigest = contents.length > 1;
      return {
        what: `${condition} ${isDigest ? 'digest' : contents[0]!.kind}`,
        condition,
        isDigest,
        withoutLinks: rendered(plain, contents),
        withLinks: rendered(linked, contents),
      };
    });
  });
}

/** The others hold names only. */
const WITH_NUMBERS = ['text', 'html', 'slack', 'sms', 'inbox'];
const WITH_NUMBERS_IN_DIGEST = ['text', 'html', 'slack'];

describe.each(METRICS.map(({ name }) => name))('messages about %s', (metric) => {
  let cases: Case[];
  beforeAll(() => {
    cases = casesOf(metric);
  });

  it('show every number in its unit', () => {
    for (const { what, condition, isDigest, withoutLinks } of cases) {
      const shape = shapeOf(metric, condition);
      for (const [part, text] of Object.entries(withoutLinks)) {
        const shown = text.replaceAll(metric, 'METRIC').replace(/style="[^"]*"/g, '');
        expect({ what, part, raw: RAW.exec(shown)?.[0] }).toEqual({ what, part, raw: undefined });
        const isInUnit = !(isDigest ? WITH_NUMBERS_IN_DIGEST : WITH_NUMBERS).includes(part) || shape.test(shown);
        expect({ what, part, isInUnit, shown }).toEqual({ what, part, isInUnit: true, shown });
      }
    }
  });

  it('cost at most three parts of 7-bit characters as an SMS', () => {
    for (const { what, withLinks, withoutLinks } of cases) {
      for (const { sms = '' } of [withLinks, withoutLinks]) {
        expect([what, sms, isGsm7(sms), smsParts(sms) <= 3]).toEqual([what, sms, true, true]);
      }
    }
  });

  it('link to the page of the alert, and only where the setting names one', () => {
    for (const { isDigest, withLinks, withoutLinks } of cases) {
      expect(Object.values(withoutLinks).join('\n')).not.toMatch(/https?:|\/api\//);
      const expected = isDigest ? ['text', 'html', 'slack'] : ['text', 'html', 'sms', 'inbox', 'link'];
      expect(Object.keys(withLinks).filter((part) => withLinks[part]?.includes(LINK))).toEqual(expected);
      expect(Object.values(withLinks).join('\n')).not.toContain('/api/');
    }
  });
});

describe('a message about a value that is the last known one', () => {
  const inboxOf = (metric: string, condition: Condition): string =>
    rendered(plain, [notice(metric, condition, 'firing')]).inbox!;

  it('says nothing of a window', () => {
    const lastKnown = METRICS.map(({ name }) => name).filter(
      (name) => !inboxOf(name, 'threshold_above').includes(' over '),
    );
    expect(lastKnown).toEqual([
      'business.inventory',
      'business.inventory_at',
      'events.seconds_since_last',
      'queue.failed',
      'alerts.late_evaluations',
    ]);
    for (const name of lastKnown) {
      for (const condition of ['threshold_above', 'threshold_below', 'anomaly'] as const) {
        expect(Object.values(rendered(plain, [notice(name, condition, 'resolved')])).join('\n')).not.toContain(
          'over 5 min',
        );
      }
    }
  });

  it('says between which windows it changed', () => {
    expect(inboxOf('business.inventory', 'rate_of_change')).toContain(
      'changed by +200 % (threshold +100 %) over 5 min.',
    );
  });
});

it('calls the furthest value of a rule on falling values the lowest', () => {
  const inboxOf = (more: Partial<NoticeContent>, condition: Condition): string =>
    rendered(plain, [{ ...notice('business.orders', condition, 'resolved'), ...more }]).inbox!;
  expect(inboxOf({ value: 3, peakValue: 1 }, 'threshold_below')).toContain('was 3 orders (lowest 1 order, threshold');
  expect(inboxOf({ value: -0.5, peakValue: -0.8, threshold: -0.4 }, 'rate_of_change')).toContain(
    'changed by -50 % (lowest -80 %, threshold -40 %)',
  );
  expect(inboxOf({}, 'threshold_above')).toContain('(peak 2,468 orders, threshold');
});

describe('a message about a value of nothing', () => {
  it.each(CONDITIONS)('says so in words: %s', (condition) => {
    for (const kind of KINDS) {
      const nothing = {
        ...notice('business.net_sales', condition, kind),
        value: null,
        peakValue: null,
        resolvedValue: null,
      };
      const { text, sms, inbox, html, slack } = rendered(plain, [nothing]);
      for (const part of [text, sms, inbox, html, slack]) {
        expect(part).toContain('no data');
        expect(part?.replaceAll('null', 'NULL')).not.toMatch(/NULL|NaN|is no data|was no data|by no data/);
      }
    }
  });
});

describe('a group', () => {
  const grouped = (groupBy: string | null | undefined, group: string): string =>
    rendered(plain, [{ ...notice('ml.failure_count', 'threshold_above', 'firing'), groupBy, group }]).subject ?? '';

  it.each([
    ['model', 'imagen-3', 'Checkout watch (imagen-3)'],
    ['model', '(none)', 'Checkout watch (no model)'],
    ['model', '', 'Checkout watch (no model)'],
    ['error_code', '(none)', 'Checkout watch (no error_code)'],
    ['model', '__other__', 'Checkout watch (other values of model)'],
    // Stored by an earlier version, which did not keep the dimension.
    [undefined, '', 'Checkout watch (no value)'],
  ])('of %s %j is named %s', (groupBy, group, name) => {
    expect(grouped(groupBy, group)).toBe(`[CRITICAL] Firing: ${name}`);
  });

  it('names a filter for events without a value in the same way', () => {
    const filtered = {
      ...notice('ml.failure_count', 'threshold_above', 'firing'),
      filters: { provider: 'c18', model: '(none)' },
    };
    expect(rendered(plain, [filtered]).text).toContain('ml.failure_count where provider = c18, no model\n');
  });
});

describe('money', () => {
  const sales = { metric: 'business.gross_sales', filters: {}, groupBy: null };
  const shown = (rule: object, group: string | null = null): string => {
    const measure = catalogue.measureOf({ ...sales, ...rule }, group);
    const firing = notice('business.gross_sales', 'threshold_above', 'firing');
    return rendered(plain, [{ ...firing, ...measure }])
      .text!.split('\n')
      .find((line) => line.startsWith('Value'))!;
  };

  it.each([
    ['BASE_CURRENCY without a filter', {}, null, 'Value:      CHF 1,234,567.89 (threshold CHF 1,234,567.50)'],
    [
      'the currency of the filter',
      { filters: { currency: 'KWD' } },
      null,
      'Value:      KWD 1,234,567.890 (threshold KWD 1,234,567.500)',
    ],
    [
      'the currency of the group',
      { groupBy: 'currency' },
      'EUR',
      'Value:      EUR 1,234,567.89 (threshold EUR 1,234,567.50)',
    ],
    [
      'no currency where the rule is about each',
      { groupBy: 'currency' },
      null,
      'Value:      1,234,567.89 in each currency (threshold 1,234,567.50 in each currency)',
    ],
  ])('is in %s', (_what, rule, group, line) => {
    expect(shown(rule, group)).toBe(line);
  });
});

describe('text that a user wrote', () => {
  const written = '<b>A&B</b> "x" <!channel>\r\nBcc: a@b.example';
  const hostile = {
    ...notice('ml.failure_count', 'threshold_above', 'firing'),
    groupBy: 'model',
    group: '<script>',
    filters: { provider: '<i>&\n' },
  };
  const contents = { ...hostile, config: { ...hostile.config, name: written, description: written } };

  it.each([
    ['alone', [contents]],
    ['in a digest', [contents, contents]],
    [
      'in a notice of late notices',
      [{ kind: 'late', channel: 'sms', severity: 'critical', targetSeconds: 30, count: 1, names: [written] }],
    ],
  ] as [string, MessageContents][])('is escaped and starts no line of its own: %s', (_where, about) => {
    const { subject, html, slack, text, sms, inbox } = rendered(linked, about);
    for (const line of [subject, sms, inbox]) expect(line).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc/m);
    expect(html).not.toMatch(/<b>|<i>|<script|<!channel/);
    expect(html).toContain('&lt;b&gt;A&amp;B&lt;/b&gt; &quot;x&quot;');
    const facts = linked
      .render(about)
      .facts.map((fact) => fact.join(': '))
      .join('\n');
    expect(slack!.replace(facts, '').replaceAll(`<${LINK}|Details>`, '')).not.toMatch(/[<>]/);
    expect(slack).toContain('&lt;b&gt;A&amp;B&lt;/b&gt;');
  });
});

describe('an SMS', () => {
  const named = (name: string, more: Partial<NoticeContent> = {}): NoticeContent => {
    const firing = notice('errors.count', 'threshold_above', 'firing');
    return { ...firing, ...more, config: { ...firing.config, name } };
  };
  const smsOf = (renderer: MessageRenderer, ...contents: NoticeContent[]): string => rendered(renderer, contents).sms!;

  it('cuts a long plain name with full stops and stays in the 7-bit alphabet, with group, value and link', () => {
    const sms = smsOf(linked, named('A very long name '.repeat(12).trim(), { groupBy: 'service', group: 'checkout' }));
    expect(sms.length).toBeLessThanOrEqual(320);
    expect([isGsm7(sms), smsParts(sms)]).toEqual([true, 3]);
    expect(sms).toMatch(
      /^CRITICAL Firing: A very long name .*\.\.\. \(checkout\)\. errors\.count is 1,234 errors \(threshold 1,200 errors\) https:\S+5e$/,
    );
  });

  it('goes without the link where that leaves no room for the name, and never has half of one', () => {
    const far = new MessageRenderer(
      loadConfig({ ALERT_URL_TEMPLATE: `https://admin.example/${'a'.repeat(180)}/{id}` }),
    );
    expect(smsOf(far, named('Errors'))).toContain(ALERT_ID);
    const sms = smsOf(far, named('A very long name '.repeat(12).trim()));
    expect(sms).not.toContain('https:');
    expect(sms).toMatch(/\(threshold 1,200 errors\)$/);
  });

  it('counts characters of the extension table twice', () => {
    const sms = smsOf(linked, named('[x] {y} '.repeat(25).trim()));
    expect(isGsm7(sms)).toBe(true);
    expect(smsParts(sms)).toBeLessThanOrEqual(3);
  });

  it('keeps the letters of a name that the 7-bit alphabet does not have, in three parts of the other encoding', () => {
    const sms = smsOf(linked, named('Ошибки при оплате 😀 '.repeat(9).trim()));
    expect(isGsm7(sms)).toBe(false);
    expect(smsParts(sms)).toBeLessThanOrEqual(3);
    expect(sms).toMatch(
      /^CRITICAL Firing: Ошибки при оплате .*\.\.\.\. errors\.count is 1,234 errors \(threshold 1,200 errors\)/u,
    );
    expect(sms.isWellFormed()).toBe(true);
  });

  it('writes typographic punctuation of a name in the 7-bit alphabet', () => {
    expect(smsOf(plain, named('Café – “fast” lane…'))).toMatch(/^CRITICAL Firing: Café - "fast" lane\.\.\.\. /);
  });

  it('counts names in a digest with an x and cuts the list', () => {
    const same = Array.from({ length: 3 }, () => named('Errors'));
    expect(smsOf(linked, ...same)).toBe('CRITICAL 3 alerts in one message: Errors (3x).');
    const sms = smsOf(linked, ...Array.from({ length: 30 }, (_, n) => named(`Rule ${n} with a long name of its own`)));
    expect([isGsm7(sms), smsParts(sms) <= 3, sms.length <= 320]).toEqual([true, true, true]);
    expect(sms).toMatch(/^CRITICAL 30 alerts in one message: Rule 0 .*\.\.\.\.$/);
  });

  it('holds the value and at most three parts for any name, group and link', () => {
    const texts = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 200 }));
    fc.assert(
      fc.property(texts, fc.option(texts), fc.boolean(), (name, group, isLinked) => {
        const sms = smsOf(isLinked ? linked : plain, named(name, { groupBy: 'service', group }));
        expect(smsParts(sms)).toBeLessThanOrEqual(3);
        expect(sms.length).toBeLessThanOrEqual(320);
        expect(sms).toContain('errors.count is 1,234 errors (threshold 1,200 errors)');
        expect(sms.includes('https:') && !name.includes('https:') ? sms : `${sms} ${LINK}`).toContain(LINK);
      }),
    );
  });
});

it('shows as many alerts of a digest as Slack takes whole, and counts the others', () => {
  const long = Array.from({ length: 40 }, (_, n) => {
    const firing = notice('business.net_sales', 'threshold_below', 'firing');
    return { ...firing, config: { ...firing.config, name: `Rule ${n} ${'&'.repeat(20)}` } };
  });
  const slack = linked.slack(linked.render(long));
  expect(slack.length).toBeLessThanOrEqual(3_000);
  const shown = slack.match(/\|Details>\)$/gm)?.length ?? 0;
  expect(slack).toMatch(new RegExp(`and ${40 - shown} more$`));
});

/** A metric of each unit, and each condition: these are the texts to look at after a change. */
it.each<[string, Condition]>([
  ['api.request_count', 'threshold_above'],
  ['api.latency_p95', 'threshold_above'],
  ['api.error_rate', 'threshold_above'],
  ['ml.cost_usd', 'threshold_above'],
  ['business.gross_sales', 'threshold_above'],
  ['business.inventory', 'threshold_below'],
  ['business.inventory_at', 'threshold_below'],
  ['queue.waiting', 'threshold_above'],
  ['events.seconds_since_last', 'threshold_above'],
  ['api.latency_p95', 'rate_of_change'],
  ['business.gross_sales', 'anomaly'],
])('reads well: %s, %s', (metric, condition) => {
  expect(`\n${listing(metric, condition)}\n`).toMatchSnapshot();
});

function listing(metric: string, condition: Condition): string {
  const parts = KINDS.map((kind) => rendered(linked, [notice(metric, condition, kind)]));
  return [
    ...parts.flatMap(({ sms, inbox }) => [sms, inbox]),
    ...[parts[0], parts[2]].flatMap((part) => ['', part?.text]),
    '',
    parts[2]?.slack,
  ].join('\n');
}

/** `TEXTS_LISTING=file` writes the messages of every metric and condition, to be read as a whole. */
if (process.env.TEXTS_LISTING) {
  it('lists every message', () => {
    const messages = METRICS.flatMap(({ name }) =>
      CONDITIONS.map((condition) => `## ${name} ${condition}\n${listing(name, condition)}\n`),
    );
    writeFileSync(process.env.TEXTS_LISTING!, messages.join('\n'));
  });
}
