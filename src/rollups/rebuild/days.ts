import type { Period } from '../store/rebuild.repository.js';

const DAY_MS = 86_400_000;

/** A period by UTC days, oldest first. */
export function daysOf({ from, to }: Period): Period[] {
  const days: Period[] = [];
  for (let start = from.getTime(); start < to.getTime();) {
    const end = Math.min(to.getTime(), (Math.floor(start / DAY_MS) + 1) * DAY_MS);
    days.push({ from: new Date(start), to: new Date(end) });
    start = end;
  }
  return days;
}
