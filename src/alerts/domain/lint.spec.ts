import { aConfig } from '../../../test/alerts/alert-builders.js';
import type { AlertRule } from './alert-config.js';
import { lintRule } from './lint.js';
import type { MetricFacts } from './metric-facts.js';

const EVERY_SECONDS = 60;
const facts = (overrides: Partial<MetricFacts> = {}): MetricFacts => ({
  name: 'errors.count',
  unit: 'count',
  dimensions: ['service'],
  isSum: true,
  isSampled: false,
  valuesOf: () => undefined,
  unmatchable: () => undefined,
  canRead: () => true,
  ...overrides,
});
const lint = (rule: Partial<AlertRule>, metric: Partial<MetricFacts> = {}): string[] =>
  lintRule(aConfig(rule), facts(metric), EVERY_SECONDS);

it('has nothing to say of an ordinary rule', () => expect(lint({})).toEqual([]));

it.each<[string, Partial<AlertRule>, Partial<MetricFacts>, RegExp]>([
  [
    'a window shorter than the lag of samples',
    { windowSeconds: 60 },
    { isSampled: true },
    /^window_seconds is 60.*120 s/,
  ],
  [
    'a rise of a count that is often 0',
    { condition: 'rate_of_change', threshold: 1 },
    {},
    /a rise from 0 is not seen\. Add a threshold_above rule beside it\.$/,
  ],
  [
    'a fall of a count',
    { condition: 'rate_of_change', threshold: -0.5 },
    {},
    /sees nothing more\. Add a threshold_below rule beside it\.$/,
  ],
  ['a cooldown shorter than the window', { windowSeconds: 600 }, {}, /^cooldown_seconds is 300.*600 s/],
  ['repetitions between two ticks', { renotifySeconds: 30 }, {}, /^renotify_seconds is 30/],
  ['a count above less than nothing', { threshold: -1 }, {}, /fires whenever/],
  ['a count below nothing', { condition: 'threshold_below', threshold: 0 }, {}, /never fires/],
  ['a fall by more than the whole', { condition: 'rate_of_change', threshold: -1 }, { isSum: false }, /never fires/],
  ['no channel at all', { channels: [] }, {}, /^channels is empty/],
  ['recipients who are nobody', { recipients: { users: [], teams: [] } }, {}, /^recipients names nobody/],
])('warns of %s', (_what, rule, metric, warning) => {
  expect(lint(rule, metric)).toEqual([expect.stringMatching(warning)]);
});

it.each<[string, Partial<AlertRule>, Partial<MetricFacts>]>([
  ['a window that holds the lag of samples', { windowSeconds: 120 }, { isSampled: true }],
  ['a short window over events', { windowSeconds: 60 }, {}],
  ['a cooldown as long as the window', { windowSeconds: 600, cooldownSeconds: 600 }, {}],
  ['money below nothing: more was given back than sold', { threshold: -5 }, { unit: 'money' }],
  ['a score', { condition: 'anomaly', threshold: 3, windowSeconds: 3_600, cooldownSeconds: 3_600 }, {}],
  ['a fall by almost everything', { condition: 'rate_of_change', threshold: -0.99 }, { isSum: false }],
])('does not mind %s', (_what, rule, metric) => expect(lint(rule, metric)).toEqual([]));
