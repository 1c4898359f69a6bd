import { Injectable } from '@nestjs/common';
import { MetricReader } from '../../metrics/index.js';
import { within } from '../../platform/deadline/index.js';
import { GROUP_MEMORY_MS, NO_GROUP } from '../domain/instances.js';
import { floorTo, HOUR_MS, keyOf, lastSeen, MINUTE_MS, type LastSeen } from './last-seen.js';
import type { RulePlan, SeenRead } from './window-plan.js';

export interface SeenOutcome {
  readonly seen: ReadonlyMap<string, SeenGroups>;
  /** Why, by key of a read that failed. */
  readonly failures: ReadonlyMap<string, string>;
}

interface CachedGroups {
  /** Every group seen before it is known, from 24 hours before. Epoch milliseconds. */
  readonly base: number;
  /** So is every one seen before this. */
  readonly through: number;
  readonly groups: SeenGroups;
}

/** The 24 hours are read anew this often; in between only what follows them. */
const REFRESH_MS = 5 * MINUTE_MS;
/** Reads at once. */
const CONCURRENCY = 2;
const DAY_MS = 24 * HOUR_MS;
/** How far back a group counts as having been seen at all. */
const EVER_DAYS = 400;

/** Groups of one read and when they last had data, looked up by many rules. */
export class SeenGroups {
  private readonly indexes = new Map<string, ReadonlyMap<string, LastSeen[]>>();

  constructor(readonly all: readonly LastSeen[]) {}

  /** The groups of a rule that had data in the 24 hours before its window ends at this tick. */
  groupsOf({ config, filters }: RulePlan, at: number): string[] {
    const { groupBy } = config;
    if (groupBy === null) return [];
    const since = knownSince(at - config.evaluationDelaySeconds * 1_000);
    return this.matching(filters).flatMap((seen) => (seen.at >= since ? [seen.group[groupBy] || NO_GROUP] : []));
  }

  /** With what was seen later. */
  with(later: readonly LastSeen[]): SeenGroups {
    if (later.length === 0) return this;
    const merged = new Map(this.all.map((seen) => [keyOf(seen.group), seen]));
    for (const seen of later) merged.set(keyOf(seen.group), seen);
    return new SeenGroups([...merged.values()]);
  }

  private matching(filters: Readonly<Record<string, string>>): readonly LastSeen[] {
    const names = Object.keys(filters).sort();
    const signature = names.join('\n');
    const index = this.indexes.get(signature) ?? indexBy(this.all, names);
    this.indexes.set(signature, index);
    return index.get(valuesKey(names, filters)) ?? [];
  }
}

/** A group is known at a window's end from the minute of its last event on, for 24 hours. */
export function knownSince(end: number): number {
  return floorTo(end - GROUP_MEMORY_MS, MINUTE_MS);
}

/**
 * Which groups a rule with `group_by` is evaluated for although they have no data in its window: those with data in the
 * last 24 hours. It is read from the data, so it outlives restarts and is the same in every process.
 */
@Injectable()
export class KnownGroups {
  private readonly cached = new Map<string, CachedGroups>();
  private readonly ever = new Set<string>();
  private readonly never = new Map<string, number>();
  /** Reads that a tick gave up waiting for, and that the next one waits for instead of beginning them again. */
  private readonly running = new Map<string, Promise<SeenGroups>>();

  constructor(private readonly reader: MetricReader) {}

  async readAll(
    reads: readonly SeenRead[],
    { at, deadlineMs }: { at: number; deadlineMs: number },
  ): Promise<SeenOutcome> {
    const seen = new Map<string, SeenGroups>();
    const failures = new Map<string, string>();
    const waiting = [...reads];
    const endsAt = performance.now() + deadlineMs;
    const worker = async (): Promise<void> => {
      for (let read = waiting.shift(); read; read = waiting.shift()) {
        try {
          const leftMs = Math.max(1, endsAt - performance.now());
          seen.set(read.key, await within(leftMs, `Reading the groups of ${read.metric}`, this.inFlight(read, at)));
        } catch (error) {
          // Groups as they were a few minutes ago are nearer to the truth than none.
          const earlier = this.cached.get(read.key);
          if (earlier) seen.set(read.key, earlier.groups);
          else failures.set(read.key, error instanceof Error ? error.message : String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    const keys = new Set(reads.map(({ key }) => key));
    for (const key of this.cached.keys()) if (!keys.has(key)) this.cached.delete(key);
    return { seen, failures };
  }

  /** Whether any group of the rule has had data at all. */
  async everSeen({ config, allFilters }: RulePlan, at: number): Promise<boolean> {
    const end = at - config.evaluationDelaySeconds * 1_000;
    const key = JSON.stringify([config.metric, config.groupBy, allFilters]);
    if (this.ever.has(key)) return true;
    const base = floorTo(end, REFRESH_MS);
    if (this.never.get(key) === base) return false;
    const filters = Object.fromEntries(Object.entries(allFilters).map(([name, value]) => [name, [value]]));
    const range = everBefore(end);
    const rows = await this.reader.seen({ metric: config.metric, filters, groupBy: groupsOf(config), range });
    if (rows.length > 0) this.ever.add(key);
    else this.never.set(key, base);
    return rows.length > 0;
  }

  private inFlight(read: SeenRead, at: number): Promise<SeenGroups> {
    const running = this.running.get(read.key);
    if (running) return running;
    const begun = this.current(read, at).finally(() => this.running.delete(read.key));
    this.running.set(read.key, begun);
    return begun;
  }

  private async current(read: SeenRead, at: number): Promise<SeenGroups> {
    const end = at - read.offsetMs;
    const base = floorTo(end, REFRESH_MS);
    const cached = this.cached.get(read.key);
    const usable = cached?.base === base ? cached : await this.refreshed(read, base);
    const through = floorTo(end, MINUTE_MS);
    if (end - usable.through <= read.windowMs || through <= usable.through) return usable.groups;
    const { metric, filters, groupBy } = read;
    const range = { from: new Date(usable.through), to: new Date(through) };
    const later = await this.reader.seen({ metric, filters, groupBy, range });
    const groups = usable.groups.with(later.map(({ group }) => ({ group, at: usable.through })));
    this.cached.set(read.key, { base, through, groups });
    return groups;
  }

  private async refreshed({ key, metric, filters, groupBy }: SeenRead, base: number): Promise<CachedGroups> {
    const from = knownSince(base);
    // Which minute it was matters only to the groups that are forgotten before the next refresh.
    const isExpiring = ({ at }: LastSeen): boolean => at < from + REFRESH_MS;
    const groups = await lastSeen(this.reader, { metric, filters, groupBy, from, to: base }, isExpiring);
    const entry = { base, through: base, groups: new SeenGroups(groups) };
    this.cached.set(key, entry);
    return entry;
  }
}

/** Earlier than this nothing can be asked for. */
export function everBefore(end: number): { from: Date; to: Date } {
  return { from: new Date(floorTo(end - EVER_DAYS * DAY_MS, DAY_MS)), to: new Date(end) };
}

function groupsOf({ groupBy }: RulePlan['config']): string[] {
  return groupBy === null ? [] : [groupBy];
}

function indexBy(all: readonly LastSeen[], names: readonly string[]): ReadonlyMap<string, LastSeen[]> {
  const index = new Map<string, LastSeen[]>();
  for (const seen of all) {
    const key = valuesKey(names, seen.group);
    const same = index.get(key);
    if (same) same.push(seen);
    else index.set(key, [seen]);
  }
  return index;
}

function valuesKey(names: readonly string[], values: Readonly<Record<string, string>>): string {
  return JSON.stringify(names.map((name) => values[name] ?? ''));
}
