import fc from 'fast-check';
import type { AlertRule } from '../../src/alerts/domain/alert-config.js';
import type { StreamEvent } from '../rollups/reference.js';
import { errorsAt, requestAt } from './alert-builders.js';

const MINUTE_MS = 60_000;
/** How often something happens at a minute, and how much of it. */
export interface RandomMinute {
  readonly count: number;
  readonly failing: number;
  readonly ms: number;
  /** Seconds after the full minute. */
  readonly second: number;
}

type RandomRule = Partial<AlertRule>;

const zeroOr = <T>(value: fc.Arbitrary<T>) => fc.oneof(fc.constant(null), value);
const times = {
  windowSeconds: fc.constantFrom(60, 90, 120, 300, 600),
  forSeconds: fc.constantFrom(0, 0, 60, 90, 180),
  evaluationDelaySeconds: fc.constantFrom(0, 0, 30, 60),
  noData: fc.constantFrom('ok', 'keep', 'alert'),
  minSamples: fc.nat(3),
  groupBy: fc.constantFrom(null, null, 'service'),
} as const;

/** Thresholds at the values that occur, so that being equal is as likely as being beyond. */
const counts: fc.Arbitrary<RandomRule> = fc
  .record({ ...times, falls: fc.boolean(), threshold: fc.nat(8), gap: zeroOr(fc.nat(3)) })
  .map(({ falls, gap, ...rule }) => ({
    ...rule,
    metric: 'errors.count',
    condition: falls ? 'threshold_below' : 'threshold_above',
    recoveryThreshold: gap === null ? null : rule.threshold + (falls ? gap : -gap),
  }));

const changes: fc.Arbitrary<RandomRule> = fc
  .record({ ...times, threshold: fc.constantFrom(-1, -0.5, -0.25, 0.25, 0.5, 1, 2), eased: fc.boolean() })
  .map(({ eased, ...rule }) => ({
    ...rule,
    metric: 'errors.count',
    condition: 'rate_of_change',
    recoveryThreshold: eased ? rule.threshold / 2 : null,
  }));

const ratios: fc.Arbitrary<RandomRule> = fc
  .record({
    ...times,
    groupBy: fc.constantFrom(null, null, 'route'),
    threshold: fc.constantFrom(0, 0.25, 0.5, 0.9),
    falls: fc.boolean(),
  })
  .map(({ falls, ...rule }) => ({
    ...rule,
    metric: 'api.error_rate',
    condition: falls ? 'threshold_below' : 'threshold_above',
  }));

const latencies: fc.Arbitrary<RandomRule> = fc
  .record({ ...times, groupBy: fc.constantFrom(null, null, 'route'), threshold: fc.constantFrom(100, 200, 350) })
  .map((rule) => ({ ...rule, metric: 'api.latency_p95', condition: 'threshold_above' }));

export const randomRule = fc.oneof(counts, changes, ratios, latencies);

/** Bursts and silences, as they are in life. */
const randomMinute: fc.Arbitrary<RandomMinute> = fc.record({
  count: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(6) }),
  failing: fc.nat(6),
  ms: fc.constantFrom(10, 100, 150, 200, 350, 900),
  second: fc.nat(59),
});

export const randomSeries = (minutes: number) => fc.array(randomMinute, { minLength: minutes, maxLength: minutes });

/** What happens of a series in its minute `index`, under a name of its own. */
export function eventsOf(
  series: readonly RandomMinute[],
  index: number,
  place: { name: string; start: number },
): StreamEvent[] {
  const minute = series[index];
  if (!minute) return [];
  const at = place.start + index * MINUTE_MS + minute.second * 1_000;
  const requests = Array.from({ length: minute.count }, (_, number) =>
    requestAt(at, { route: place.name, ms: minute.ms, status: number < minute.failing ? 500 : 200 }),
  );
  // One of the series has errors of no service beside its own.
  const nameless = place.name.endsWith('0') ? errorsAt(at, minute.failing, null) : [];
  return [...errorsAt(at, minute.count, place.name), ...nameless, ...requests];
}
