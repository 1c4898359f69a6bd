/**
 * What went wrong with evaluations, as it is kept for the health of the system and for the metric
 * `alerts.late_evaluations`:
 * - `late`: a tick took effect more than one interval after its time.
 * - `skipped`: ticks for which no evaluation took effect, because none ran or because a later one overtook them.
 * - `failed`: rules whose metric could not be read, or whose changes could not be written, at a tick.
 * - `taken_back`: a tick in the future that had taken effect while a clock was ahead.
 * - `clock_skew`: a process whose clock differs from the database's.
 */
export type EvaluationIncident =
  | { readonly kind: 'late'; readonly tick: Date; readonly lateSeconds: number }
  | { readonly kind: 'skipped'; readonly tick: Date; readonly before: Date }
  | { readonly kind: 'failed'; readonly tick: Date; readonly rules: readonly string[] }
  | { readonly kind: 'taken_back'; readonly tick: Date; readonly future: Date }
  | { readonly kind: 'clock_skew'; readonly tick: Date; readonly process: string; readonly skewSeconds: number };

export const REPORT_WINDOW_MS = 600_000;
/** Rules that a sentence names. */
const NAMED_RULES = 5;

/** A tick that took effect, and how. */
export interface EffectiveTick {
  readonly tick: Date;
  /** The tick before it; undefined where there was none, or none that can be believed. */
  readonly before: Date | undefined;
  readonly now: Date;
  readonly intervalMs: number;
  /** Names of the rules whose evaluation failed. */
  readonly failed: readonly string[];
  /** The tick in the future that was taken back for it. */
  readonly takenBack?: Date | undefined;
}

export function incidentsOf({ tick, before, now, intervalMs, failed, takenBack }: EffectiveTick): EvaluationIncident[] {
  const lateMs = now.getTime() - tick.getTime();
  const isSkipping = before !== undefined && tick.getTime() - before.getTime() > intervalMs;
  return [
    ...(takenBack ? [{ kind: 'taken_back', tick, future: takenBack } as const] : []),
    ...(lateMs > intervalMs ? [{ kind: 'late', tick, lateSeconds: lateMs / 1_000 } as const] : []),
    ...(isSkipping ? [{ kind: 'skipped', tick, before } as const] : []),
    ...(failed.length > 0 ? [{ kind: 'failed', tick, rules: failed } as const] : []),
  ];
}

/** Evaluations as they stand at an instant. */
export interface EvaluationStatus {
  readonly now: Date;
  readonly intervalMs: number;
  /** Undefined: none took effect yet. */
  readonly lastTick: Date | undefined;
  /** Those of the last 10 minutes, oldest first. */
  readonly incidents: readonly EvaluationIncident[];
}

/** How many evaluations of the last 10 minutes were late or failed: late and skipped ticks, and rules that failed at one. */
export function countLate(status: EvaluationStatus): number {
  const { late, skipped, failures, missing } = tally(status);
  return late.length + skipped + failures.length + missing;
}

export interface EvaluationReport {
  readonly status: 'healthy' | 'degraded' | 'down';
  readonly detail: string;
}

/** @param startedAt since when this process has been waiting for a first tick */
export function evaluationReport(status: EvaluationStatus, startedAt: Date): EvaluationReport {
  const { now, intervalMs, lastTick } = status;
  if (!lastTick) {
    const isOverdue = now.getTime() - startedAt.getTime() > 2 * intervalMs + GRACE_MS;
    const detail = 'No evaluation has taken effect yet.';
    return isOverdue ? { status: 'down', detail: `${detail} ${NO_WORKER}` } : { status: 'healthy', detail };
  }
  const sentences = sentencesOf(status, lastTick);
  const isDown = now.getTime() - lastTick.getTime() > REPORT_WINDOW_MS;
  if (sentences.length === 0) {
    return { status: 'healthy', detail: `None late or failed in 10 min; the last one was due at ${iso(lastTick)}.` };
  }
  return { status: isDown ? 'down' : 'degraded', detail: `In 10 min: ${sentences.join('; ')}.` };
}

/** What the first tick of a process may take beyond its time. */
const GRACE_MS = 10_000;
const NO_WORKER = 'Check that a worker is running.';

function tally({ now, intervalMs, lastTick, incidents }: EvaluationStatus) {
  const from = now.getTime() - REPORT_WINDOW_MS;
  const of = <Kind extends EvaluationIncident['kind']>(kind: Kind) =>
    incidents.filter((incident): incident is Extract<EvaluationIncident, { kind: Kind }> => incident.kind === kind);
  const gaps = of('skipped').map(({ before, tick }) => ({ after: before.getTime(), to: tick.getTime() - intervalMs }));
  const count = (after: number, to: number): number =>
    Math.max(0, Math.floor(to / intervalMs) - Math.floor(Math.max(after, from - 1) / intervalMs));
  return {
    late: of('late'),
    skipped: gaps.reduce((total, { after, to }) => total + count(after, to), 0),
    failures: of('failed').flatMap(({ rules }) => rules),
    takenBack: of('taken_back'),
    skews: new Map(of('clock_skew').map(({ process, skewSeconds }) => [process, skewSeconds])),
    // A tick is missing once it is late by more than an interval.
    missing: lastTick ? count(lastTick.getTime(), now.getTime() - intervalMs) : 0,
  };
}

function sentencesOf(status: EvaluationStatus, lastTick: Date): string[] {
  const { late, skipped, failures, takenBack, skews, missing } = tally(status);
  const latest = late.at(-1);
  return [
    ...(missing > 0
      ? [`no evaluation since ${iso(lastTick)}, ${ticks(missing)} missing. ${NO_WORKER.replace(/\.$/, '')}`]
      : []),
    ...(latest
      ? [`${ticks(late.length)} late, the last one (${iso(latest.tick)}) by ${round(latest.lateSeconds)} s`]
      : []),
    ...(skipped > 0 ? [`${ticks(skipped)} skipped`] : []),
    ...(failures.length > 0 ? [`${failures.length} failed: ${namesOf(failures)}`] : []),
    ...takenBack.map(
      ({ tick, future }) => `a tick in the future (${iso(future)}) was taken back at ${iso(tick)}, a clock was ahead`,
    ),
    ...[...skews].map(
      ([process, seconds]) =>
        `the clock of process ${process} is ${round(Math.abs(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'} the ` +
        "database's, which is used instead",
    ),
  ];
}

/** `A (3), B (1) and 2 more rules`: most failures first. */
function namesOf(rules: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const named = sorted.slice(0, NAMED_RULES).map(([rule, times]) => `${rule} (${times})`);
  const others = sorted.length - named.length;
  return `${named.join(', ')}${others > 0 ? ` and ${others} more rules` : ''}`;
}

const ticks = (count: number): string => `${count} ${count === 1 ? 'tick' : 'ticks'}`;
const round = (seconds: number): number => Number(seconds.toPrecision(2));
const iso = (date: Date): string => date.toISOString().replace('.000Z', 'Z');
