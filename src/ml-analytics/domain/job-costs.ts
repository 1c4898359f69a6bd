import { Decimal } from '../../metrics/index.js';
import type { Price } from './price-table.js';

/** Sums over jobs of one provider, model and status, in a span in which no price changes. */
export interface JobSums {
  readonly jobs: Decimal;
  readonly reportedUsd: Decimal;
  /** The rest is of the jobs that reported no cost. */
  readonly unpricedJobs: Decimal;
  /** Those of them that reported no units either: of neither kind, no input, no output. */
  readonly unitlessJobs: Decimal;
  readonly inputlessJobs: Decimal;
  readonly outputlessJobs: Decimal;
  readonly unpricedSeconds: Decimal;
  readonly unpricedInputUnits: Decimal;
  readonly unpricedOutputUnits: Decimal;
}

/** What a price can be put on. */
export type UnpricedSums = Pick<
  JobSums,
  'unpricedJobs' | 'unpricedSeconds' | 'unpricedInputUnits' | 'unpricedOutputUnits'
>;

const NOTHING = new Decimal(0);

/** What a set of jobs cost, as far as it is known. */
export class JobCosts {
  jobs = NOTHING;
  reportedUsd = NOTHING;
  estimatedUsd = NOTHING;
  jobsWithoutCost = NOTHING;

  /** Reported + estimated; null when no job's cost is known, 0 never standing for unknown. */
  get totalUsd(): Decimal | null {
    return this.jobs.greaterThan(this.jobsWithoutCost) ? this.reportedUsd.plus(this.estimatedUsd) : null;
  }

  /** Estimate = jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit, of the jobs that reported none. */
  add(sums: JobSums, price: Price | undefined): void {
    this.jobs = sumOf(this.jobs, sums.jobs);
    this.reportedUsd = sumOf(this.reportedUsd, sums.reportedUsd);
    this.jobsWithoutCost = sumOf(this.jobsWithoutCost, unknownJobs(sums, price));
    if (price && !sums.unpricedJobs.isZero()) this.estimatedUsd = sumOf(this.estimatedUsd, estimate(sums, price));
  }
}

/** Most of what is added is nothing, or added to nothing: of thousands of groups that is most of the work. */
function sumOf(total: Decimal, amount: Decimal): Decimal {
  if (amount.isZero()) return total;
  return total.isZero() ? amount : total.plus(amount);
}

/** A price per unit says nothing of a job that did not report any units of the kinds that are priced. */
function unknownJobs(sums: JobSums, price: Price | undefined): Decimal {
  if (!price) return sums.unpricedJobs;
  if (price.usdPerJob || price.usdPerSecond) return NOTHING;
  if (price.usdPerInputUnit && price.usdPerOutputUnit) return sums.unitlessJobs;
  return price.usdPerInputUnit ? sums.inputlessJobs : sums.outputlessJobs;
}

/** Of the jobs that reported no cost; rates that are set add up. */
export function estimate(sums: UnpricedSums, price: Price): Decimal {
  let total = NOTHING;
  for (const [amount, rate] of [
    [sums.unpricedJobs, price.usdPerJob],
    [sums.unpricedSeconds, price.usdPerSecond],
    [sums.unpricedInputUnits, price.usdPerInputUnit],
    [sums.unpricedOutputUnits, price.usdPerOutputUnit],
  ] as const) {
    if (rate && !amount.isZero()) total = sumOf(total, amount.times(rate));
  }
  return total;
}
