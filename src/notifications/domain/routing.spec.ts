import type { Channel } from './channel.js';
import { defaultPreferences, type Owner, type Preferences } from './preferences.js';
import { fallbackAddressesOf, routesOf, type Installation, type Recipient, type RoutedNotice } from './routing.js';

const WORKSPACE_URL = 'https://hooks.slack.com/services/T0/B0/workspace';
const installation: Installation = {
  working: new Set<Channel>(['in_app', 'email', 'slack', 'sms']),
  emailTo: ['ops@example.com'],
  smsTo: ['+14155550100'],
  workspaceWebhook: WORKSPACE_URL,
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
  [
    'a named recipient who wants none of it',
    { channels: ['email'], recipients: ['user:ann'] },
    { 'user:ann': { ...ann, enabled: false } },
    ['email ann@example.com: preferences', 'email ops@example.com'],
  ],
  [
    'a named recipient of another scope',
    { channels: ['sms'], recipients: ['user:ann'] },
    { 'user:ann': { ...ann, scope: 'business' } },
    ['sms +14155550100', 'sms +14155550101: preferences'],
  ],
  [
    'a named recipient without an own webhook: the workspace',
    { channels: ['slack'], recipients: ['user:ann'] },
    { 'user:ann': ann },
    ['slack workspace'],
  ],
  [
    'one mailbox in two spellings',
    { channels: ['email'] },
    { 'user:ann': ann, 'user:bob': { ...ann, email: 'Ann@Example.com' } },
    ['email ann@example.com', 'email ops@example.com'],
  ],
  [
    'the webhook of the workspace, given as one of their own',
    { channels: ['slack'] },
    { 'user:ann': { ...ann, slackWebhookUrl: WORKSPACE_URL } },
    ['slack workspace'],
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

it.each<[RoutedNotice['suppressed'], Partial<Preferences>, string]>([
  ['silenced', { channels: { critical: [] } }, 'silenced'],
  ['cooldown', { channels: { critical: [] } }, 'cooldown'],
  [undefined, { channels: { critical: [] } }, 'preferences'],
  [undefined, {}, 'not configured'],
])('gives the first reason that holds: %s, %j', (suppressed, preferences, reason) => {
  const nothing = { working: new Set<Channel>(['in_app']), emailTo: [] };
  const notice = { channels: ['email'], recipients: ['user:ann' as const], suppressed };
  const saved = { 'user:ann': { ...ann, email: null, ...preferences } };
  expect(routed(notice, saved, nothing)).toEqual([`email : ${reason}`]);
});

it('says that some did not want it where others have no address', () => {
  const without = { ...ann, email: null };
  const saved = { 'user:ann': without, 'user:bob': { ...without, channels: { critical: [] } } } as const;
  expect(routed({ channels: ['email'] }, saved, { emailTo: [] })).toEqual(['email : preferences']);
});

describe('a fallback', () => {
  const where = { installation };
  const slackOf = (preferences: Preferences) =>
    fallbackAddressesOf('user:ann', preferences, { ...where, channel: 'slack' });

  it('never goes to the Slack of the workspace', () => {
    expect(slackOf(ann)).toEqual([]);
    expect(slackOf({ ...ann, slackWebhookUrl: WORKSPACE_URL })).toEqual([]);
    expect(fallbackAddressesOf('operators', undefined, { ...where, channel: 'slack' })).toEqual([]);
    const own = 'https://hooks.example/ann';
    expect(slackOf({ ...ann, slackWebhookUrl: own })).toEqual([own]);
  });

  it('never goes to the inbox of all admins', () => {
    const inboxOf = (recipient: Recipient) => fallbackAddressesOf(recipient, ann, { ...where, channel: 'in_app' });
    expect([inboxOf('operators'), inboxOf('role:admin'), inboxOf('user:ann')]).toEqual([[], [], ['user:ann']]);
  });

  it('of an SMS to the operators goes to their e-mail addresses', () => {
    expect(fallbackAddressesOf('operators', undefined, { ...where, channel: 'email' })).toEqual(installation.emailTo);
  });

  it('goes over no channel that does not work', () => {
    const off = { ...installation, working: new Set<Channel>(['in_app']) };
    expect(fallbackAddressesOf('user:ann', ann, { ...where, installation: off, channel: 'email' })).toEqual([]);
  });
});
