import { addGroups, type RequestGroup } from './request-group.js';

/** What was seen of a stretch of time. */
export interface RequestWindow {
  readonly from: Date;
  readonly to: Date;
  /** Of the target that was observed longest. 0: nothing was counted, so there is neither a rate nor a number. */
  readonly countedSeconds: number;
  readonly groups: readonly WindowGroup[];
  readonly availability: Availability;
}

/** Requests of a kind with their rate, which is that of each target over the time it was observed. */
export interface WindowGroup extends RequestGroup {
  readonly perSecond: number;
}

export interface Availability {
  /** 0..1; null when nothing was observed. */
  readonly value: number | null;
  /** Share of the window that was observed: 0..1. */
  readonly coverage: number;
}

/** Adds up windows of several targets. They are parts of one source: whoever asks two sources takes the first that answers. */
export function joinWindows(windows: readonly RequestWindow[]): RequestWindow | undefined {
  const [first] = windows;
  if (!first) return undefined;
  const groups = new Map<string, WindowGroup>();
  for (const group of windows.flatMap((window) => window.groups)) {
    const key = JSON.stringify([group.method, group.route, group.statusCode]);
    const known = groups.get(key);
    groups.set(key, { ...addGroups(known, group), perSecond: (known?.perSecond ?? 0) + group.perSecond });
  }
  return {
    from: new Date(Math.min(...windows.map(({ from }) => from.getTime()))),
    to: new Date(Math.max(...windows.map(({ to }) => to.getTime()))),
    countedSeconds: Math.max(...windows.map(({ countedSeconds }) => countedSeconds)),
    groups: [...groups.values()],
    availability: joinAvailability(windows.map(({ availability }) => availability)),
  };
}

/** The mean over targets, each by how much of it was observed. */
function joinAvailability(parts: readonly Availability[]): Availability {
  const observed = parts.reduce((total, { coverage }) => total + coverage, 0);
  const available = parts.reduce((total, { value, coverage }) => total + (value ?? 0) * coverage, 0);
  return { value: observed === 0 ? null : available / observed, coverage: observed / Math.max(1, parts.length) };
}
