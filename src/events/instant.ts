/**
 * Instants are whole microseconds since 1970-01-01T00:00:00Z: a safe integer until the year 2255, and what PostgreSQL's
 * `timestamptz` keeps.
 */
export const MICROS_PER_MINUTE = 60_000_000;
export const MICROS_PER_DAY = 86_400_000_000;

const SECONDS_PER_DAY = 86_400;
/** The years 1 to 9999. */
const FIRST_MICROS = Date.parse('0001-01-01T00:00:00Z') * 1_000;
const END_MICROS = Date.UTC(10_000, 0) * 1_000;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const [ZERO, NINE, DASH, COLON, DOT, PLUS] = [48, 57, 45, 58, 46, 43];

/**
 * Reads `YYYY-MM-DDThh:mm[:ss[.fraction]](Z|±hh[:]mm|±hh)`. By hand, since this runs for every event: `Date.parse` takes
 * 30 February and local times. Digits beyond the microsecond are cut. Returns NaN for anything else.
 */
export function parseInstant(text: string): number {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(13) !== COLON) return NaN;
  if (!isDateTimeSeparator(text.charCodeAt(10))) return NaN;
  const days = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  let at = 16;
  let seconds = 0;
  if (text.charCodeAt(at) === COLON) {
    seconds = digits(text, 17, 2);
    at = 19;
  }
  const time = timeOfDay(digits(text, 11, 2), digits(text, 14, 2), seconds);
  const fractionEnd = text.charCodeAt(at) === DOT ? endOfDigits(text, at + 1) : at;
  if (text.charCodeAt(at) === DOT && (at === 16 || fractionEnd === at + 1)) return NaN;
  const offset = offsetSeconds(text, fractionEnd);
  const micros = (days * SECONDS_PER_DAY + time - offset) * 1e6 + fractionMicros(text, at + 1, fractionEnd);
  // An offset may lead out of the years that can be written and stored.
  return micros >= FIRST_MICROS && micros < END_MICROS ? micros : NaN;
}

/** `2026-11-22T10:00:00.123Z`, with microseconds where there are any. */
export function formatInstant(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const text = new Date(millis).toISOString();
  const rest = micros - millis * 1000;
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}

/** `YYYY-MM-DD` of a day number since 1970-01-01. */
export function formatDay(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

function isDateTimeSeparator(code: number): boolean {
  return code === 84 || code === 116 || code === 32;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= ZERO && code <= NINE)) return NaN;
    value = value * 10 + code - ZERO;
  }
  return value;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at++;
  return at;
}

function fractionMicros(text: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < from + 6; at++) value = value * 10 + (at < end ? text.charCodeAt(at) - ZERO : 0);
  return value;
}

function timeOfDay(hours: number, minutes: number, seconds: number): number {
  return hours <= 23 && minutes <= 59 && seconds <= 59 ? hours * 3600 + minutes * 60 + seconds : NaN;
}

/** Days from the civil date, after Howard Hinnant's `days_from_civil`; NaN for a date that no calendar has. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const lastDay = DAYS_IN_MONTH[month - 1] ?? 0;
  if (!(year >= 1 && day >= 1 && day <= lastDay) || (month === 2 && day === 29 && !isLeapYear(year))) return NaN;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Seconds east of UTC at `at`, which must be the end of the text; NaN where there is no offset (a local time). */
function offsetSeconds(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 90 || code === 122) return text.length === at + 1 ? 0 : NaN;
  if (code !== PLUS && code !== DASH) return NaN;
  const hours = digits(text, at + 1, 2);
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  const minutes = text.length === at + 3 ? 0 : digits(text, minutesAt, 2);
  if (!(hours <= 23 && minutes <= 59) || text.length > minutesAt + 2) return NaN;
  return (code === PLUS ? 1 : -1) * (hours * 3600 + minutes * 60);
}
