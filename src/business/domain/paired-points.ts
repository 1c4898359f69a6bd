import { localDate } from '../../metrics/index.js';

/** A point that a zone places on a date. */
interface Dated {
  readonly start: Date;
}

/**
 * For every point of a range the place of the point that it is compared with among those of the earlier one; undefined
 * where there is none. By position, which cuts a longer earlier period.
 */
export function pairByPosition(now: readonly Dated[], then: readonly Dated[]): (number | undefined)[] {
  return now.map((_, place) => (place < then.length ? place : undefined));
}

/**
 * By date, and within a date by position: the points of a 29 February that only the year before has are no partners, and
 * those of one that only this year has, have none; unless the range begins with it, then it is beside the 28th.
 */
export function pairByDate(now: readonly Dated[], then: readonly Dated[], zone: string): (number | undefined)[] {
  const earlier = placesByDate(then, zone);
  const current = placesByDate(now, zone);
  const partners: (number | undefined)[] = now.map(() => undefined);
  for (const [date, places] of current) {
    const others =
      earlier.get(yearEarlier(date)) ?? (isFirst(current, date) ? earlier.get(leapPartner(date)) : undefined);
    places.forEach((place, position) => (partners[place] = others?.[position]));
  }
  return partners;
}

function placesByDate(points: readonly Dated[], zone: string): Map<string, number[]> {
  const byDate = new Map<string, number[]>();
  points.forEach(({ start }, place) => {
    const { year, month, day } = localDate(start, zone);
    const date = `${year}-${month}-${day}`;
    const places = byDate.get(date);
    if (places) places.push(place);
    else byDate.set(date, [place]);
  });
  return byDate;
}

function yearEarlier(date: string): string {
  const [year, ...others] = date.split('-');
  return [Number(year) - 1, ...others].join('-');
}

function leapPartner(date: string): string {
  return date.endsWith('-2-29') ? yearEarlier(date).replace(/29$/, '28') : '';
}

function isFirst(dates: ReadonlyMap<string, unknown>, date: string): boolean {
  return dates.keys().next().value === date;
}
