import { addGroups, kindKey, type RequestGroup } from './request-group.js';

/** What was seen of a stretch of time. */
export interface RequestWindow {
  readonly from: Date;
  readonly to: Date;
  /** Of the target that was observed longest. 0: nothing was counted, so there is neither a rate nor a number. */
  readonly countedSeconds: number;
  readonly groups: readonly WindowGroup[];
  readonly up: Uptime;
}

/** Requests of a kind with their rate, which is that of each target over the time it was observed. */
export interface WindowGroup extends RequestGroup {
  readonly perSecond: number;
}

/** How much of the observed time those who were asked answered. */
export interface Uptime {
  /** 0..1; null when nothing was observed. */
  readonly share: number | null;
  /** Share of the window that was observed: 0..1. */
  readonly coverage: number;
}

/** Adds up windows of several targets. They are parts of one source: whoever asks two sources takes the first that answers. */
export function joinWindows(windows: readonly RequestWindow[]): RequestWindow | undefined {
  const [first] = windows;
  if (!first) return undefined;
  const groups = new Map<string, WindowGroup>();
  for (const group of windows.flatMap((window) => window.groups)) {
    const key = kindKey(group);
    const known = groups.get(key);
    groups.set(key, { ...addGroups(known, group), perSecond: (known?.perSecond ?? 0) + group.perSecond });
  }
  return {
    from: new Date(Math.min(...windows.map(({ from }) => from.getTime()))),
    to: new Date(Math.max(...windows.map(({ to }) => to.getTime()))),
    countedSeconds: Math.max(...windows.map(({ countedSeconds }) => countedSeconds)),
    groups: [...groups.values()],
    up: joinUptimes(windows.map(({ up }) => up)),
  };
}

/** The mean over targets, each by how much of it was observed. */
function joinUptimes(parts: readonly Uptime[]): Uptime {
  const observed = parts.reduce((total, { coverage }) => total + coverage, 0);
  const up = parts.reduce((total, { share, coverage }) => total + (share ?? 0) * coverage, 0);
  return { share: observed === 0 ? null : up / observed, coverage: observed / Math.max(1, parts.length) };
}

/** The share of the observed time in which targets answered, less the share of all requests that were answered 5xx. */
export function availabilityOf({ up, groups }: RequestWindow): number | null {
  const sum = (some: readonly RequestGroup[]): number => some.reduce((total, { count }) => total + count, 0);
  const errors = sum(groups.filter(({ statusCode }) => statusCode.startsWith('5')));
  return up.share === null ? null : up.share * (errors === 0 ? 1 : 1 - errors / sum(groups));
}
