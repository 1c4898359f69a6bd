import type { RequestGroup, RequestGroups } from './request-group.js';

/** What a target has counted since it began to count. */
export interface RequestCounters {
  readonly groups: RequestGroups;
  /** When the target started, in seconds since 1970; undefined when it does not tell. */
  readonly startedAt?: number;
}

/** Clocks of a target may be adjusted a little without it having been started again. */
const START_TOLERANCE_SECONDS = 1;

/**
 * What was counted between two scrapes of a target. A counter that fell, or a target that was started again, began anew
 * at 0: then all it says was counted since. So was a series that was not there before.
 */
export function countedBetween(earlier: RequestCounters, later: RequestCounters): RequestGroups {
  const restarted = startedAgain(earlier, later);
  const counted = [...later.groups].map(([key, now]) => {
    const then = restarted ? undefined : earlier.groups.get(key);
    const histogram = then && now.count >= then.count ? now.histogram.since(then.histogram) : undefined;
    if (!then || !histogram) return [key, now] as const;
    return [key, { ...now, count: now.count - then.count, sumSeconds: sumSince(then, now), histogram }] as const;
  });
  return new Map(counted.filter(([, { count }]) => count > 0));
}

/** null where it was not known before or is not known now, and where it fell although more was counted. */
function sumSince(then: RequestGroup, now: RequestGroup): number | null {
  const before = then.count === 0 ? 0 : then.sumSeconds;
  if (before === null || now.sumSeconds === null || now.sumSeconds < before) return null;
  return now.sumSeconds - before;
}

function startedAgain(earlier: RequestCounters, later: RequestCounters): boolean {
  if (earlier.startedAt === undefined || later.startedAt === undefined) return false;
  return Math.abs(later.startedAt - earlier.startedAt) > START_TOLERANCE_SECONDS;
}
