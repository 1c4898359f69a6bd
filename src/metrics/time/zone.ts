import { IANAZone } from 'luxon';
import { isTimeZone } from '../../platform/config/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';

/** Half-open, epoch milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** No zone keeps an offset for a shorter time. */
const PROBE_MS = 7 * 86_400_000;
const MINUTES_AN_HOUR = 60;

/** @throws InvalidInputError naming `time_zone` */
export function checkZone(name: string): string {
  if (!isTimeZone(name)) refuseZone('must be an IANA time zone, e.g. Europe/Paris');
  return name;
}

/** Whether the zone is whole hours from UTC all through the span: then its days are whole UTC hours. */
export function isWholeHours(name: string, { from, to }: Span): boolean {
  const zone = IANAZone.create(name);
  const isWhole = (at: number): boolean => zone.offset(at) % MINUTES_AN_HOUR === 0;
  for (let at = from; at < to; at += PROBE_MS) if (!isWhole(at)) return false;
  return to <= from || isWhole(to);
}

export function refuseZone(message: string): never {
  throw new InvalidInputError([{ path: 'time_zone', message }]);
}
