import type { Channel } from './channel.js';
import { defaultPreferences, type Owner, type Preferences } from './preferences.js';
import { routesOf, type Installation, type RoutedNotice } from './routing.js';

const installation: Installation = {
  working: new Set<Channel>(['in_app', 'email', 'slack', 'sms']),
  emailTo: ['ops@example.com'],
  smsTo: ['+14155550100'],
  workspaceWebhook: 'https://hooks.slack.com/services/T0/B0/workspace',
};
const ann: Preferences = { ...defaultPreferences('all'), email: 'ann@example.com', phone: '+14155550101' };
const critical: RoutedNotice = { severity: 'critical', metric: 'api.error_rate', channels: null, recipients: null };

/** `channel address` of each route, or `channel address: reason` where it is skipped. */
function routed(
  notice: Partial<RoutedNotice>,
  saved: Readonly<Partial<Record<Owner, Preferences>>>,
  differences: Partial<Installation> = {},
): string[] {
  const owners = new Map(Object.entries(saved) as [Owner, Preferences][]);
  const where = { installation: { ...installation, ...differences }, now: new Date('2026-11-22T10:00:00Z') };
  return routesOf({ ...critical, ...notice }, owners, where)
    .map(({ channel, address, skipped }) => `${channel} ${address}${skipped ? `: ${skipped}` : ''}`)
    .sort();
}

const OPERATORS_GET = ['email ops@example.com', 'in_app role:admin', 'slack workspace', 'sms +14155550100'];

it.each<[string, Partial<RoutedNotice>, Partial<Record<Owner, Preferences>>, string[]]>([
  ['critical without preferences', {}, {}, OPERATORS_GET],
  ['info: the inbox', { severity: 'info' }, {}, ['in_app role:admin']],
  ['warning: no SMS', { severity: 'warning' }, {}, OPERATORS_GET.slice(0, 3)],
  [
    'a person with preferences, besides',
    {},
    { 'user:ann': ann },
    [...OPERATORS_GET, 'email ann@example.com', 'in_app user:ann', 'sms +14155550101'].sort(),
  ],
  ['somebody who is disabled', {}, { 'user:ann': { ...ann, enabled: false } }, OPERATORS_GET],
  ['another scope', {}, { 'user:ann': { ...ann, scope: 'business' } }, OPERATORS_GET],
  [
    'the scope of the shop',
    { metric: 'business.orders', channels: ['email'] },
    { 'user:ann': { ...ann, scope: 'business' } },
    ['email ann@example.com', 'email ops@example.com'],
  ],
  [
    'channels of their own instead of the default',
    { severity: 'info' },
    { 'user:ann': { ...ann, channels: { info: ['sms'] } } },
    ['in_app role:admin', 'in_app user:ann: preferences', 'sms +14155550101'],
  ],
  [
    'narrowed by the channels of the rule',
    { channels: ['email'] },
    { 'user:ann': { ...ann, channels: { critical: ['sms', 'email'] } } },
    ['email ann@example.com', 'email ops@example.com'],
  ],
  ['nobody that the channel has', { channels: ['sms'], suppressed: 'cooldown' }, {}, ['sms +14155550100: cooldown']],
])('%s', (_name, notice, saved, expected) => {
  expect(routed(notice, saved)).toEqual(expected);
});

it('says that a channel is not configured, once', () => {
  expect(routed({ channels: ['sms'] }, { 'user:ann': ann }, { working: new Set(['in_app']), smsTo: [] })).toEqual([
    'sms +14155550101: not configured',
  ]);
  expect(routed({ channels: ['email'] }, {}, { emailTo: [] })).toEqual(['email : not configured']);
});
