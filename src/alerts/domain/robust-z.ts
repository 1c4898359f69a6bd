/** For a normal distribution: standard deviation / median absolute deviation. */
const MAD_TO_SIGMA = 1.4826;
/** For a normal distribution: standard deviation / mean absolute deviation, √(π/2). */
const MEAN_DEVIATION_TO_SIGMA = Math.sqrt(Math.PI / 2);
/** The median absolute deviation counts as at least this fraction of the median. */
const MIN_RELATIVE_DEVIATION = 0.01;
/** The greatest score there is: also that of any difference from a history of nothing but zeros. */
export const MAX_Z = 1_000;

/**
 * How many robust standard deviations `value` is from the median of `history`, with its sign: the difference divided by
 * 1.4826 × MAD, the median absolute deviation, which counts as at least 1 % of the median. Where both are 0, since more
 * than half of the history is 0, the spread is the mean absolute deviation (Iglewicz & Hoaglin, 1993).
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
  const deviation = Math.max(median(deviations), MIN_RELATIVE_DEVIATION * Math.abs(middle));
  if (deviation > 0) return MAD_TO_SIGMA * deviation;
  return (MEAN_DEVIATION_TO_SIGMA * deviations.reduce((total, one) => total + one, 0)) / deviations.length;
}
