import type { RetentionPolicy } from '../../metrics/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { AlertRule } from '../domain/alert-config.js';

/** Which ticks a preview goes through, and how finely the past is read for them. Milliseconds. */
export interface PreviewFrame {
  readonly firstTick: number;
  readonly ticks: number;
  readonly stepMs: number;
  /** Divides windows, delay and step: what every window is put together from. */
  readonly bucketMs: number;
}

export interface PreviewLimits {
  readonly now: number;
  readonly intervalMs: number;
  /** Raw events are all there from here on. */
  readonly rawFrom: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer windows are told from hours, which are kept this long. */
const HOURS_KEPT_DAYS = 90;
/** More ticks tell nothing more, and are a minute of computing: two weeks of minutes. */
const MAX_TICKS = 20_160;
const MAX_BUCKETS = 50_000;

/** @throws InvalidInputError naming from, to or window_seconds */
export function previewFrame(
  rule: Pick<AlertRule, 'windowSeconds' | 'evaluationDelaySeconds'>,
  asked: { readonly from: number; readonly to: number },
  limits: PreviewLimits,
): PreviewFrame {
  const to = Math.min(asked.to, limits.now);
  if (asked.from >= asked.to) refuse('from', 'must be before to');
  if (asked.from >= limits.now) refuse('from', 'must be in the past');
  checkReach(rule, asked.from, limits);
  const windowMs = rule.windowSeconds * SECOND_MS;
  const delayMs = rule.evaluationDelaySeconds * SECOND_MS;
  // What the first windows need lies before `from`.
  const isRaw = asked.from - 2 * windowMs - delayMs >= limits.rawFrom || windowMs < HOUR_MS;
  const stepMs = isRaw ? stepOf(limits.intervalMs, to - asked.from) : HOUR_MS;
  const bucketMs = isRaw ? [windowMs, delayMs].reduce(greatestCommonDivisor, stepMs) : HOUR_MS;
  const firstTick = Math.ceil(asked.from / stepMs) * stepMs;
  if ((to - firstTick + 2 * windowMs + delayMs) / bucketMs > MAX_BUCKETS) {
    refuse('from', `is too far back for a delay or window that is not a multiple of ${stepMs / SECOND_MS} s`);
  }
  return { firstTick, ticks: Math.max(0, Math.floor((to - firstTick) / stepMs) + 1), stepMs, bucketMs };
}

export function rawFrom(retention: RetentionPolicy, now: Date): number {
  return retention.promised('default', now).raw;
}

function checkReach(
  rule: Pick<AlertRule, 'windowSeconds' | 'evaluationDelaySeconds'>,
  from: number,
  limits: PreviewLimits,
): void {
  const isShort = rule.windowSeconds * SECOND_MS < HOUR_MS;
  const reach = isShort ? limits.rawFrom : limits.now - HOURS_KEPT_DAYS * DAY_MS;
  if (from < reach) {
    const kept = isShort ? 'windows under an hour are told from raw events' : 'longer windows are told from hours';
    refuse('from', `must not be before ${new Date(reach).toISOString()}: ${kept}, which are kept no longer`);
  }
  if (!isShort && from < limits.rawFrom && (rule.windowSeconds * SECOND_MS) % HOUR_MS !== 0) {
    refuse('window_seconds', `must be whole hours for a preview from before ${new Date(limits.rawFrom).toISOString()}`);
  }
}

/** The live interval; a coarser one where there would be too many ticks. */
function stepOf(intervalMs: number, spanMs: number): number {
  const steps = [intervalMs, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS].filter((step) => step >= intervalMs);
  return steps.find((step) => spanMs / step <= MAX_TICKS) ?? HOUR_MS;
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

function refuse(path: string, message: string): never {
  throw new InvalidInputError([{ path, message }]);
}
