import { Decimal } from '../../src/metrics/domain/decimal.js';
import type { PriceDto } from '../../src/ml-analytics/pricing/price.dto.js';
import { nearestRank } from '../rollups/reference.js';
import type { Job } from './ml-bench.js';

/** The figures of some jobs, worked out one job at a time from API.md's words. Shares nothing with the code under test. */
export function figuresOf(jobs: readonly Job[], prices: readonly PriceDto[]) {
  const count = (status: string): number => jobs.filter((job) => job.status === status).length;
  const [succeeded, failed] = [count('succeeded'), count('failed')];
  const costs = jobs.map((job) => ({ job, ...costOf(job, prices) }));
  const known = costs.filter(({ source }) => source !== 'none');
  const wasted = costs.filter(({ job }) => job.status !== 'succeeded');
  const total = known.length === 0 ? null : sum(known);
  return {
    jobs: jobs.length,
    succeeded,
    failed,
    cancelled: count('cancelled'),
    success_rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    duration_ms: durationsOf(jobs.map((job) => job.duration_ms)),
    cost_usd: {
      reported: usd(sum(costs.filter(({ source }) => source === 'reported'))),
      estimated: usd(sum(costs.filter(({ source }) => source === 'estimated'))),
      total: total && usd(total),
      jobs_without_cost: costs.length - known.length,
    },
    cost_per_successful_job_usd: total && succeeded > 0 ? usd(total.div(succeeded)) : null,
    wasted_cost_usd:
      wasted.length > 0 && wasted.every(({ source }) => source === 'none')
        ? null
        : usd(sum(wasted.filter(({ source }) => source !== 'none'))),
  };
}

/** A point of a series. */
export function pointOf(jobs: readonly Job[], prices: readonly PriceDto[]) {
  const { succeeded, failed, success_rate, duration_ms, cost_usd } = figuresOf(jobs, prices);
  return {
    jobs: jobs.length,
    succeeded,
    failed,
    success_rate,
    duration_p95_ms: duration_ms.p95,
    cost_usd: jobs.length === 0 ? 0 : cost_usd.total,
  };
}

/** Jobs by one of their fields; `''` is none. */
export function jobsBy(jobs: readonly Job[], field: keyof Job): Map<string, Job[]> {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = (job[field] as string | undefined) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return groups;
}

export function jobsWithin(jobs: readonly Job[], from: string, to: string): Job[] {
  const time = (text: string): number => Date.parse(text);
  return jobs.filter(({ occurred_at }) => time(occurred_at) >= time(from) && time(occurred_at) < time(to));
}

interface Cost {
  readonly source: 'reported' | 'estimated' | 'none';
  readonly usd: Decimal;
}

function costOf(job: Job, prices: readonly PriceDto[]): Cost {
  if (job.cost_usd !== undefined) return { source: 'reported', usd: new Decimal(job.cost_usd) };
  const price = priceOf(job, prices);
  if (price === undefined) return { source: 'none', usd: new Decimal(0) };
  const parts = [
    [price.usd_per_job, 1],
    [price.usd_per_second, new Decimal(job.duration_ms).div(1_000)],
    [price.usd_per_input_unit, job.input_units],
    [price.usd_per_output_unit, job.output_units],
  ].filter(([rate, amount]) => rate !== undefined && amount !== undefined) as [number, number | Decimal][];
  return {
    source: parts.length === 0 ? 'none' : 'estimated',
    usd: parts.reduce((total, [rate, amount]) => total.plus(new Decimal(rate).times(amount)), new Decimal(0)),
  };
}

function priceOf(job: Job, prices: readonly PriceDto[]): PriceDto | undefined {
  const valid = prices
    .filter((price) => price.provider === job.provider && Date.parse(price.valid_from) <= Date.parse(job.occurred_at))
    .sort((left, right) => Date.parse(right.valid_from) - Date.parse(left.valid_from));
  return valid.find(({ model }) => model === job.model) ?? valid.find(({ model }) => model === '*');
}

function durationsOf(values: readonly number[]) {
  if (values.length === 0) return { avg: null, p50: null, p95: null, p99: null };
  const avg: unknown = expect.closeTo(values.reduce((total, value) => total + value, 0) / values.length, 6);
  return { avg, p50: rank(values, 0.5), p95: rank(values, 0.95), p99: rank(values, 0.99) };
}

/** A percentile is within 1 % of the nearest-rank one, an exact 0 is 0. Jest takes any object with `asymmetricMatch`. */
function rank(values: readonly number[], q: number): unknown {
  const exact = nearestRank(values, q);
  return {
    asymmetricMatch: (actual: unknown) => typeof actual === 'number' && Math.abs(actual - exact) <= exact / 100,
    toString: () => `within 1 % of ${exact}`,
  };
}

function sum(costs: readonly { readonly usd: Decimal }[]): Decimal {
  return costs.reduce((total, cost) => total.plus(cost.usd), new Decimal(0));
}

function usd(amount: Decimal): number {
  return amount.toDecimalPlaces(6).toNumber();
}
