import { aConfig } from '../../../test/alerts/alert-builders.js';
import type { AlertRule } from './alert-config.js';
import { resetsState } from './config-change.js';

const BEFORE = aConfig({ filters: { service: 'shop', name: 'Timeout' } });

it.each<[string, Partial<AlertRule>]>([
  ['another metric', { metric: 'api.request_count' }],
  ['another condition', { condition: 'threshold_below' }],
  ['another window', { windowSeconds: 600 }],
  ['groups', { groupBy: 'severity' }],
  ['another value of a filter', { filters: { service: 'shop', name: 'Refused' } }],
  ['one filter less', { filters: { service: 'shop' } }],
  ['one filter more', { filters: { service: 'shop', name: 'Timeout', severity: 'fatal' } }],
  ['another filter of the same value', { filters: { service: 'shop', severity: 'Timeout' } }],
  ['being switched off', { enabled: false }],
])('%s makes what is known worthless', (_what, edit) => {
  expect(resetsState(BEFORE, { ...BEFORE, ...edit })).toBe(true);
});

it.each<[string, Partial<AlertRule>]>([
  ['nothing', {}],
  ['the filters in another order', { filters: { name: 'Timeout', service: 'shop' } }],
  ['a name and a description', { name: 'other', description: 'other' }],
  ['thresholds', { threshold: 20, recoveryThreshold: 5 }],
  [
    'times that are not the window',
    { forSeconds: 60, cooldownSeconds: 60, renotifySeconds: 60, evaluationDelaySeconds: 60 },
  ],
  ['what happens without data', { minSamples: 5, noData: 'alert', onError: 'alert' }],
  ['whom to tell', { channels: ['sms'], recipients: { users: ['maya'], teams: [] }, severity: 'critical' }],
  ['labels and a runbook', { labels: { a: 'b' }, runbookUrl: 'https://runbooks.example' }],
])('%s keeps what is known', (_what, edit) => {
  expect(resetsState(BEFORE, { ...BEFORE, ...edit })).toBe(false);
});

it('being switched on has nothing to lose', () => {
  expect(resetsState({ ...BEFORE, enabled: false }, BEFORE)).toBe(false);
});
