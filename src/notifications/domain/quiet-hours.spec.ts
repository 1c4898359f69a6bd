import { DAYS, quietUntil, type QuietHours } from './quiet-hours.js';

const nights: QuietHours = { start: '22:00', end: '07:00', timeZone: 'Europe/Berlin', days: DAYS };

it.each<[string, Partial<QuietHours>, string, string | undefined]>([
  ['before they start', {}, '2026-11-23T20:59:59Z', undefined],
  ['from their first minute', {}, '2026-11-23T21:00:00Z', '2026-11-24T06:00:00.000Z'],
  ['after midnight', {}, '2026-11-24T02:00:00Z', '2026-11-24T06:00:00.000Z'],
  ['until their last', {}, '2026-11-24T05:59:59Z', '2026-11-24T06:00:00.000Z'],
  ['no more at their end', {}, '2026-11-24T06:00:00Z', undefined],
  ['of one day', { start: '12:00', end: '13:30' }, '2026-11-24T11:15:00Z', '2026-11-24T12:30:00.000Z'],
  ['on the day that they start', { days: ['mon'] }, '2026-11-23T22:00:00Z', '2026-11-24T06:00:00.000Z'],
  ['after the midnight of that day', { days: ['mon'] }, '2026-11-24T03:00:00Z', '2026-11-24T06:00:00.000Z'],
  ['not on another day', { days: ['mon'] }, '2026-11-24T22:00:00Z', undefined],
  ['in a night that loses an hour', {}, '2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
  ['in a night that gains an hour', {}, '2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
  ['that would end in the skipped hour', { end: '02:30' }, '2026-03-29T00:30:00Z', '2026-03-29T01:30:00.000Z'],
  ['in a zone of half hours', { timeZone: 'Asia/Kolkata' }, '2026-11-23T17:00:00Z', '2026-11-24T01:30:00.000Z'],
])('hold %s', (_when, differences, at, until) => {
  expect(quietUntil({ ...nights, ...differences }, new Date(at))?.toISOString()).toBe(until);
});
