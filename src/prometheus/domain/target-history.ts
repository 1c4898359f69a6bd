import { AttemptLog } from './attempt-log.js';
import { countedBetween, type RequestCounters } from './request-counters.js';
import { addGroups, type RequestGroup } from './request-group.js';
import type { RequestWindow } from './request-window.js';

/** Scrapes that come faster share a slot of a quarter of a minute. */
const SLOT_MS = 15_000;
/** Slots that left the live window share a minute, so that an hour is 75 of them at most. */
const OLD_SLOT_MS = 60_000;
const FINE_FOR_MS = 5 * 60_000;
export const KEPT_MS = 60 * 60_000;

/** What was counted in `[start, end)`, from one scrape to a later one. A slot starts where the one before it ends. */
interface Slot {
  readonly start: number;
  end: number;
  readonly groups: Map<string, RequestGroup>;
}

/** What one target counted in the last hour, in bounded memory. Times in ms. */
export class TargetHistory {
  private readonly slots: Slot[] = [];
  private readonly attempts = new AttemptLog(KEPT_MS);
  private latest?: { readonly at: number; readonly counters: RequestCounters };

  /** The first counters say nothing yet: nobody knows since when they were counted. */
  add(at: number, counters: RequestCounters): void {
    const since = this.latest;
    if (since && at <= since.at) return;
    this.latest = { at, counters };
    this.attempts.add(at, true);
    if (!since) return;
    const slot = this.slotFor(since.at, at);
    slot.end = at;
    addInto(slot, countedBetween(since.counters, counters));
    this.coarsen(at - FINE_FOR_MS);
    while (this.slots[0] && this.slots[0].end < at - KEPT_MS) this.slots.shift();
  }

  /** It was asked and did not answer. What it counts meanwhile is seen when it does again, unless it starts anew. */
  addFailure(at: number): void {
    this.attempts.add(at, false);
  }

  /**
   * What was counted from `from` on, by whole slots; at least the last slot that reaches into the window, since scrapes
   * may be further apart than it is long. Undefined when nothing was observed.
   */
  window(from: number, to: number): RequestWindow | undefined {
    const within = this.slots.filter(({ start }) => start >= from);
    const slots = within.length > 0 ? within : this.slots.slice(-1).filter(({ end }) => end > from);
    const counted: Slot = { start: slots[0]?.start ?? from, end: slots.at(-1)?.end ?? from, groups: new Map() };
    for (const slot of slots) addInto(counted, slot.groups);
    const up = this.attempts.uptime(Math.min(from, counted.start), to);
    if (slots.length === 0 && up.coverage === 0) return undefined;
    return {
      from: new Date(counted.start),
      to: new Date(slots.length === 0 ? to : counted.end),
      countedSeconds: secondsOf(counted),
      groups: withRates(counted),
      up,
    };
  }

  private slotFor(start: number, end: number): Slot {
    const current = this.slots.at(-1);
    if (current && end - current.start <= SLOT_MS) return current;
    const slot: Slot = { start, end, groups: new Map() };
    this.slots.push(slot);
    return slot;
  }

  /** Joins slots that have left the fine part with the one before, where both fit into a minute. */
  private coarsen(before: number): void {
    const index = this.slots.findLastIndex(({ end }) => end < before);
    const slot = this.slots[index];
    const previous = this.slots[index - 1];
    if (!slot || !previous || slot.end - previous.start > OLD_SLOT_MS) return;
    previous.end = slot.end;
    addInto(previous, slot.groups);
    this.slots.splice(index, 1);
  }
}

function addInto({ groups }: Slot, others: ReadonlyMap<string, RequestGroup>): void {
  for (const [key, group] of others) groups.set(key, addGroups(groups.get(key), group));
}

function secondsOf({ start, end }: Slot): number {
  return (end - start) / 1_000;
}

function withRates(slot: Slot): RequestWindow['groups'] {
  return [...slot.groups.values()].map((group) => ({ ...group, perSecond: group.count / secondsOf(slot) }));
}
