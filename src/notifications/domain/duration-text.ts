import { Decimal } from 'decimal.js';
import { digits, tenTo } from './digits.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Three significant digits of less than a minute, else about two parts: minutes and seconds, hours and minutes. */
export function durationStep(ms: Decimal): Decimal {
  const size = ms.abs();
  if (size.isZero()) return new Decimal(1);
  if (size.lt(MINUTE_MS)) return tenTo(size.e - 2);
  if (size.lt(HOUR_MS)) return new Decimal(SECOND_MS);
  return new Decimal(size.lt(DAY_MS) ? MINUTE_MS : HOUR_MS);
}

/** The next smaller step. */
export function finerDurationStep(step: Decimal): Decimal {
  if (step.eq(HOUR_MS)) return new Decimal(MINUTE_MS);
  return step.eq(MINUTE_MS) ? new Decimal(SECOND_MS) : step.div(10);
}

/** `850 ms`, `1.23 s`, `1 min 30 s`, `2 h 5 min`, `3 d 4 h` */
export function writeDuration(ms: Decimal): string {
  const size = ms.abs();
  const sign = ms.isNegative() ? '-' : '';
  if (size.lt(SECOND_MS)) return `${sign}${digits(size)} ms`;
  if (size.lt(MINUTE_MS)) return `${sign}${digits(size.div(SECOND_MS))} s`;
  const parts: readonly (readonly [Decimal, string])[] = [
    [size.divToInt(DAY_MS), 'd'],
    [size.mod(DAY_MS).divToInt(HOUR_MS), 'h'],
    [size.mod(HOUR_MS).divToInt(MINUTE_MS), 'min'],
    [size.mod(MINUTE_MS).div(SECOND_MS), 's'],
  ];
  const shown = parts.filter(([amount]) => !amount.isZero());
  return `${sign}${shown.map(([amount, unit]) => `${digits(amount)} ${unit}`).join(' ')}`;
}

/** A duration in seconds that nothing depends on to the second: `45 s`, `5 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const ms = new Decimal(seconds).times(1_000);
  return ms.isZero() ? '0 s' : writeDuration(ms.toNearest(durationStep(ms), Decimal.ROUND_HALF_UP));
}
