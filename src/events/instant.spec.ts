import fc from 'fast-check';
import { formatDay, formatInstant, parseInstant } from './instant.js';

const SECOND = 1_000_000;

describe('an instant', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00Z', 0],
    ['1970-01-01t00:00:01z', SECOND],
    ['1970-01-01 00:00:01Z', SECOND],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T01:00:00+0100', 0],
    ['1970-01-01T01:00:00+01', 0],
    ['1969-12-31T18:30:00-05:30', 0],
    ['1970-01-01T00:00:00.5Z', SECOND / 2],
    ['1970-01-01T00:00:00.000001Z', 1],
    ['1970-01-01T00:00:00.123456789Z', 123_456],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) * 1000],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29) * 1000],
  ])('%s is read to the microsecond', (text, micros) => {
    expect(parseInstant(text)).toBe(micros);
  });

  it.each([
    '',
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-11-22T10:00:00.Z',
    '2026-11-22T10:00.5Z',
    '2026-11-22T10:00:00Zulu',
    '2026-11-22T10:00:00+1:00',
    '2026-11-22T10:00:00+01:0',
    '2026-11-22T10:00:00+24:00',
    '2026-11-22T10:00:00+01:60',
    '2026-02-30T10:00:00Z',
    '2025-02-29T10:00:00Z',
    '1900-02-29T10:00:00Z',
    '2026-04-31T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-00-01T10:00:00Z',
    '2026-01-00T10:00:00Z',
    '0000-01-01T10:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:00-00:01',
    '2026-11-22T24:00:00Z',
    '2026-11-22T23:60:00Z',
    '2026-11-22T23:59:60Z',
    '2026-1-22T10:00:00Z',
    '+002026-11-22T10:00:00Z',
    '٢٠٢٦-11-22T10:00:00Z',
    '2026-11-22T10:00:00 Z',
    ' 2026-11-22T10:00:00Z',
    '2026-11-22T1e:00:00Z',
  ])('%j is refused', (text) => {
    expect(parseInstant(text)).toBeNaN();
  });

  it('is what Date reads, for every millisecond', () => {
    const dates = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(dates, (date) => expect(parseInstant(date.toISOString())).toBe(date.getTime() * 1000)));
  });

  it('comes back from its text, for every microsecond', () => {
    const micros = fc.integer({ min: Date.UTC(1970, 0) * 1000, max: Date.UTC(2200, 0) * 1000 });
    fc.assert(fc.property(micros, (value) => expect(parseInstant(formatInstant(value))).toBe(value)));
  });

  it('shows milliseconds always and microseconds where there are any', () => {
    expect(formatInstant(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatInstant(1_001)).toBe('1970-01-01T00:00:00.001001Z');
  });

  it('has a day', () => {
    expect(formatDay(Date.UTC(2026, 10, 22) / 86_400_000)).toBe('2026-11-22');
  });
});
