import type { Figure, Observation } from '../domain/condition.js';
import { firstFact, historyCuts, historyWindows, usualValues } from '../domain/history-windows.js';
import { NO_GROUP, type GroupObservation } from '../domain/instances.js';
import type { SeenGroups } from './known-groups.service.js';
import type { RulePlan } from './window-plan.js';
import type { WindowRow, WindowRows } from './window-rows.js';

/** What the reads of a tick gave, by key; one that failed is absent. */
export type Answers = ReadonlyMap<string, WindowRows>;

export interface TickTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** In which the hours of `anomaly` are counted. */
  readonly zone: string;
}

/** What a rule with groups sees that has never had one: no data, as a whole. */
export const NEVER_SEEN: GroupObservation = { group: null, observation: { current: { value: null, samples: 0 } } };
const NOTHING: Figure = { value: null, samples: 0 };

/** What a rule sees at a tick; null when something it needs could not be read. */
export function observe(
  plan: RulePlan,
  answers: Answers,
  seen: ReadonlyMap<string, SeenGroups>,
  tick: TickTime,
): GroupObservation[] | null {
  const needed = [plan.current, plan.baseline, plan.history].filter((key) => key !== undefined);
  if (needed.some((key) => !answers.has(key))) return null;
  const current = cellsOf(plan, answers.get(plan.current));
  const baseline = cellsOf(plan, answers.get(plan.baseline ?? ''));
  const history = cellsOf(plan, answers.get(plan.history ?? ''));
  const known = seen.get(plan.seen ?? '')?.groupsOf(plan, tick.at) ?? [];
  const groups =
    plan.config.groupBy === null ? [null] : [...new Set([...current.keys(), ...baseline.keys(), ...known])];
  const nothing = answers.get(plan.current)?.nothing ?? NOTHING;
  return groups.map((group) => {
    const observation: Observation = {
      current: current.get(group)?.[0] ?? nothing,
      ...(plan.baseline !== undefined && {
        baseline: baseline.get(group)?.[0] ?? answers.get(plan.baseline)?.nothing ?? NOTHING,
      }),
      ...(plan.history !== undefined && {
        history: pastOf(plan, history.get(group) ?? [], nothing, tick),
        historyIsPartial: answers.get(plan.history)?.partial ?? false,
      }),
    };
    return { group, observation, isSilent: group !== null && !current.has(group) };
  });
}

/** Whether events are missing in something that the rule needs. */
export function isPartial(plan: RulePlan, answers: Answers): boolean {
  return [plan.current, plan.baseline, plan.history].some((key) => key !== undefined && answers.get(key)?.partial);
}

/** The rule's own rows of a read, by group. */
function cellsOf(plan: RulePlan, rows: WindowRows | undefined): Map<string | null, WindowRow[]> {
  const cells = new Map<string | null, WindowRow[]>();
  for (const row of rows?.matching(plan.filters) ?? []) {
    const group = plan.config.groupBy === null ? null : row.group[plan.config.groupBy] || NO_GROUP;
    const same = cells.get(group);
    if (same) same.push(row);
    else cells.set(group, [row]);
  }
  return cells;
}

function pastOf(plan: RulePlan, rows: readonly WindowRow[], nothing: Figure, { at, zone }: TickTime): number[] {
  const end = at - plan.config.evaluationDelaySeconds * 1_000;
  const windows = historyWindows(end, plan.config.windowSeconds * 1_000, zone);
  const cuts = historyCuts(windows);
  const figures = new Map(rows.flatMap((row) => (cuts[row.bucket] ? [[cuts[row.bucket]!.from, row] as const] : [])));
  return usualValues(windows, figures, { first: firstFact(figures), ofNothing: nothing.value === 0 ? 0 : null });
}
