import { aConfig } from '../../../test/alerts/alert-builders.js';
import { isSilenced, silenceState, type Silence, type SilenceMatchers } from './silence.js';

const CONFIG = aConfig({ severity: 'warning', labels: { team: 'platform', area: 'api' } });
const SILENCE: Silence = {
  id: '00000000-0000-4000-8000-000000000002',
  matchers: {},
  startsAt: new Date('2026-11-22T10:00:00Z'),
  endsAt: new Date('2026-11-22T11:00:00Z'),
  reason: 'Maintenance.',
  createdAt: new Date('2026-11-22T09:00:00Z'),
  createdBy: 'maya',
  endedAt: null,
  endedBy: null,
};
const silencedBy = (...all: SilenceMatchers[]): boolean =>
  isSilenced(
    CONFIG,
    '(none)',
    all.map((matchers) => ({ ...SILENCE, matchers })),
  );

it.each<[string, SilenceMatchers]>([
  ['its id', { configId: CONFIG.id }],
  ['its severity', { severity: 'warning' }],
  ['its metric', { metric: 'errors.count' }],
  ['its group', { group: '(none)' }],
  ['one of its labels', { labels: { team: 'platform' } }],
  ['all of it', { configId: CONFIG.id, severity: 'warning', metric: 'errors.count', labels: CONFIG.labels }],
])('a rule is silenced by %s', (_what, matchers) => expect(silencedBy(matchers)).toBe(true));

it.each<[string, SilenceMatchers]>([
  ['another id', { configId: SILENCE.id }],
  ['another severity', { severity: 'info' }],
  ['another metric', { metric: 'api.error_rate' }],
  ['another group', { group: 'shop' }],
  ['a label that it has not', { labels: { tier: '1' } }],
  ['another value of a label', { labels: { team: 'shop' } }],
  ['a part that holds beside one that does not', { severity: 'warning', labels: { team: 'platform', area: 'web' } }],
])('a rule is not silenced by %s', (_what, matchers) => expect(silencedBy(matchers)).toBe(false));

it('one silence of several is enough, and none is none', () => {
  expect(silencedBy({ severity: 'info' }, { severity: 'warning' })).toBe(true);
  expect(silencedBy()).toBe(false);
});

it.each([
  ['2026-11-22T09:59:59.999Z', 'pending'],
  ['2026-11-22T10:00:00Z', 'active'],
  ['2026-11-22T10:59:59.999Z', 'active'],
  ['2026-11-22T11:00:00Z', 'expired'],
])('at %s it is %s', (at, state) => expect(silenceState(SILENCE, new Date(at))).toBe(state));

it.each([
  ['2026-11-22T10:29:59.999Z', 'active'],
  ['2026-11-22T10:30:00Z', 'expired'],
])('ended at half past ten, at %s it is %s', (at, state) =>
  expect(silenceState({ ...SILENCE, endedAt: new Date('2026-11-22T10:30:00Z') }, new Date(at))).toBe(state),
);

it('ended before it began, it is expired and never active', () => {
  const ended = { ...SILENCE, endedAt: new Date('2026-11-22T09:30:00Z') };
  expect(silenceState(ended, new Date('2026-11-22T09:29:59Z'))).toBe('pending');
  for (const at of ['2026-11-22T09:30:00Z', '2026-11-22T10:30:00Z'])
    expect(silenceState(ended, new Date(at))).toBe('expired');
});
