import { HOUR_MS } from './plan.js';
import { Random } from './random.js';

type Words = readonly [number, number, number, number];

/** Share of a day's visits by UTC hour: quiet at night, a bump at noon, the most in the evening. */
const VISITS_BY_HOUR = [
  2.4, 1.7, 1.2, 0.9, 0.8, 1.0, 1.6, 2.6, 3.7, 4.5, 5.0, 5.4, 5.8, 5.6, 5.2, 5.0, 5.1, 5.6, 6.3, 7.1, 7.4, 6.8, 5.4,
  3.9,
];
/** From Sunday. */
const VISITS_BY_WEEKDAY = [1.2, 0.92, 0.9, 0.93, 0.96, 1.0, 1.09];
const VISITS_OF_A_DAY = VISITS_BY_HOUR.reduce((sum, share) => sum + share, 0);
const HOURS_IN_WEEK = 168;
/** 1970-01-01 was a Thursday: hours from the Sunday before it. */
const EPOCH_HOUR_OF_WEEK = 96;
const INCIDENT_FIRST_HOUR = 10;
const INCIDENT_HOURS = 8;

/** When the shop is busy, and the bad hour of each week. `hour` counts UTC hours since 1970. */
export class Calendar {
  private readonly incidentHourOfWeek: number;

  constructor(private readonly words: Words) {
    const random = new Random(words);
    // In the daytime, when it hurts; the same hour every week, so that any seven days have exactly one.
    this.incidentHourOfWeek = random.below(7) * 24 + INCIDENT_FIRST_HOUR + random.below(INCIDENT_HOURS);
  }

  /** The hour's share of an average day's events. */
  share(hour: number): number {
    const day = Math.floor(hour / 24);
    const mood = new Random([this.words[0] ^ day, this.words[1], this.words[2], this.words[3]]).between(0.94, 1.06);
    const weekday = VISITS_BY_WEEKDAY[Math.floor(hourOfWeek(hour) / 24)] as number;
    return ((VISITS_BY_HOUR[hour % 24] as number) / VISITS_OF_A_DAY) * weekday * mood;
  }

  isIncident(hour: number): boolean {
    return hourOfWeek(hour) === this.incidentHourOfWeek;
  }

  /** Starts of the bad hours that lie wholly in a period, in milliseconds. */
  incidents(period: { fromMs: number; untilMs: number }): number[] {
    const found: number[] = [];
    for (let hour = Math.ceil(period.fromMs / HOUR_MS); (hour + 1) * HOUR_MS <= period.untilMs; hour += 1) {
      if (this.isIncident(hour)) found.push(hour * HOUR_MS);
    }
    return found;
  }
}

function hourOfWeek(hour: number): number {
  return (hour + EPOCH_HOUR_OF_WEEK) % HOURS_IN_WEEK;
}
