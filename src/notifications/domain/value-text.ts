import { Decimal } from 'decimal.js';
import { minorUnitDigits } from '../../events/index.js';
import { digits, tenTo } from './digits.js';
import { durationStep, finerDurationStep, writeDuration } from './duration-text.js';

/** What is counted: `1 job`, `2 jobs`. */
export interface Noun {
  readonly one: string;
  readonly other: string;
}

/** What the numbers of an alert measure. */
export interface Measure {
  /** Of the metric, as the catalogue names it. */
  readonly unit: string;
  /** Of metrics that count. */
  readonly noun?: Noun;
  /** Of metrics in money. NULL: each currency by itself. */
  readonly currency?: string | null;
  /** `rate_of_change` and `anomaly` measure the metric in a unit of their own. */
  readonly condition: string;
  readonly threshold: number;
}

/** Writes the numbers of one alert, in the unit of its condition. */
export interface ValueTexts {
  /** In full: users recognise the number that they entered. */
  readonly threshold: string;
  /**
   * Rounded as people write it, but never across the threshold: a value that is above it does not read as one that is at
   * or below it. NULL: `no data`.
   */
  value(value: number | null): string;
}

export const NO_DATA = 'no data';

/** How numbers of one kind are shown. `x` is the number in the unit that is shown (percent for a fraction). */
interface Style {
  /** Factor from the metric's unit to the one that is shown. */
  readonly factor?: number;
  /** What a value is rounded to a multiple of. */
  step(x: Decimal): Decimal;
  /** The next smaller step; a tenth where it is not given. */
  finer?(step: Decimal): Decimal;
  /** Numbers that only an exact value is shown as. */
  readonly exactOnly?: readonly number[];
  /** The side of zero does not count. */
  readonly isTwoSided?: boolean;
  write(x: Decimal): string;
  writeThreshold?(x: Decimal): string;
}

export function valueTexts(measure: Measure): ValueTexts {
  const style = styleOf(measure);
  const shown = (value: number): Decimal => new Decimal(value).times(style.factor ?? 1);
  const threshold = shown(measure.threshold);
  return {
    threshold: (style.writeThreshold ?? style.write)(threshold),
    value: (value) => (value === null ? NO_DATA : style.write(rounded(style, shown(value), threshold))),
  };
}

function styleOf({ unit, noun, currency, condition }: Measure): Style {
  if (condition === 'rate_of_change') return CHANGE;
  if (condition === 'anomaly') return DEVIATIONS;
  switch (unit) {
    case 'money':
      return moneyStyle(currency);
    case 'usd':
      return COSTS;
    case 'ratio':
      return PERCENT;
    case 'ms':
      return MILLISECONDS;
    case 'seconds':
      return SECONDS;
    case 'unix_seconds':
      return INSTANT;
    default:
      return countStyle(noun);
  }
}

/** More steps than a double has digits. */
const MAX_FINER_STEPS = 20;

function rounded(style: Style, x: Decimal, threshold: Decimal): Decimal {
  const side = (number: Decimal): number =>
    style.isTwoSided ? number.abs().comparedTo(threshold.abs()) : number.comparedTo(threshold);
  let step = style.step(x);
  for (let steps = 0; steps < MAX_FINER_STEPS; steps += 1) {
    const near = x.toNearest(step, Decimal.ROUND_HALF_UP);
    const isExactOnly = style.exactOnly?.some((number) => near.abs().eq(number)) === true;
    if (side(near) === side(x) && (!isExactOnly || near.eq(x))) return near;
    step = style.finer?.(step) ?? step.div(10);
  }
  return x;
}

const TENTH = new Decimal(0.1);

/** One decimal, or three significant digits of what is less than 1. */
function plainStep(x: Decimal): Decimal {
  return x.isZero() ? TENTH : Decimal.min(TENTH, tenTo(x.e - 2));
}

function countStyle(noun: Noun | undefined): Style {
  const write = (x: Decimal): string => (noun ? `${digits(x)} ${x.eq(1) ? noun.one : noun.other}` : digits(x));
  return { step: plainStep, write };
}

/** The code before the amount, with all decimals of the currency's minor unit. */
function moneyStyle(currency: string | null | undefined): Style {
  const minDecimals = minorUnitDigits(currency ?? '');
  const write = (x: Decimal): string => {
    const amount = digits(x, minDecimals);
    if (currency === null) return `${amount} in each currency`;
    return currency === undefined ? amount : `${currency} ${amount}`;
  };
  return { step: () => tenTo(-minDecimals), write };
}

/** Costs of single jobs are fractions of a cent: at least two decimals and three significant digits. */
const COSTS: Style = {
  step: (x) => (x.isZero() ? tenTo(-2) : Decimal.min(tenTo(-2), tenTo(x.e - 2))),
  write: (x) => `USD ${digits(x, 2)}`,
};

/** 99.96 % are not all, and 0.04 % are not none. */
const PERCENT: Style = {
  factor: 100,
  step: plainStep,
  exactOnly: [0, 100],
  write: (x) => `${digits(x)} %`,
};

const CHANGE: Style = {
  ...PERCENT,
  write: (x) => `${x.isPositive() && !x.isZero() ? '+' : ''}${digits(x)} %`,
};

const deviations = (x: Decimal): string => `${digits(x)} ${x.eq(1) ? 'deviation' : 'deviations'}`;

/** A robust z-score in words. */
const DEVIATIONS: Style = {
  step: plainStep,
  isTwoSided: true,
  write: (x) => (x.isZero() ? 'as usual' : `${deviations(x.abs())} ${x.isNegative() ? 'below' : 'above'} usual`),
  writeThreshold: deviations,
};

function durationStyle(factor: number, zero: string): Style {
  return {
    factor,
    step: durationStep,
    finer: finerDurationStep,
    write: (ms) => (ms.isZero() ? zero : writeDuration(ms)),
  };
}

const MILLISECONDS = durationStyle(1, '0 ms');
const SECONDS = durationStyle(1_000, '0 s');

/** Furthest from 1970 that a time can be, in seconds. */
const MAX_UNIX_SECONDS = 8.64e12;

const INSTANT: Style = {
  step: () => new Decimal(1),
  write: (x) =>
    x.abs().gt(MAX_UNIX_SECONDS) ? `${digits(x)} s since 1970` : instantText(new Date(x.times(1_000).toNumber())),
};

/** `2026-11-22 10:01:00 UTC` */
export function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
