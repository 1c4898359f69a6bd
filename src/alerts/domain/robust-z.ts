/** For a normal distribution: standard deviation / median absolute deviation. */
const MAD_TO_SIGMA = 1.4826;
/** For a normal distribution: standard deviation / mean absolute deviation, √(π/2). */
const MEAN_DEVIATION_TO_SIGMA = Math.sqrt(Math.PI / 2);
/** A history without any spread: this fraction of it counts as one deviation. */
const FLAT_SPREAD = 0.01;
/** As far away as it gets: also what any difference from a history of nothing but zeros is. */
export const MAX_Z = 1_000;

/**
 * How many (robust) standard deviations `value` is from the median of `history`, with its sign. The spread is the median
 * absolute deviation. Where that is 0, since more than half of the history is the same, it is the mean absolute
 * deviation (Iglewicz & Hoaglin, 1993); where that is 0 too, 1 % of the median.
 */
export function robustZ(value: number, history: readonly number[]): number {
  const middle = median(history);
  const difference = value - middle;
  if (difference === 0) return 0;
  const z = difference / spreadOf(history, middle);
  return Math.max(-MAX_Z, Math.min(MAX_Z, z));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? NaN) + upper) / 2 : upper;
}

function spreadOf(history: readonly number[], middle: number): number {
  const deviations = history.map((past) => Math.abs(past - middle));
  const mean = deviations.reduce((total, deviation) => total + deviation, 0) / deviations.length;
  return MAD_TO_SIGMA * median(deviations) || MEAN_DEVIATION_TO_SIGMA * mean || FLAT_SPREAD * Math.abs(middle);
}
