import type { MetricReader, SeenRead } from '../../metrics/index.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** A combination of dimension values and the minute of its last fact, in epoch milliseconds. '' is none. */
export interface LastSeen {
  readonly group: Readonly<Record<string, string>>;
  readonly at: number;
}

export type LastSeenRead = Omit<SeenRead, 'range' | 'starts'> & { readonly from: number; readonly to: number };

/**
 * The groups that had facts in a range, and when the last ones were: found by hours, of which few rows are kept, and to
 * the minute for those of which the caller needs it.
 */
export async function lastSeen(
  reader: Pick<MetricReader, 'seen'>,
  read: LastSeenRead,
  needsMinute: (seen: LastSeen) => boolean,
): Promise<LastSeen[]> {
  const from = floorTo(read.from, HOUR_MS);
  const found = await newest(reader, read, { from, to: read.to, stepMs: HOUR_MS });
  const byHour = new Map<number, LastSeen[]>();
  for (const seen of found) {
    if (needsMinute(seen)) byHour.set(seen.at, [...(byHour.get(seen.at) ?? []), seen]);
  }
  const minutes = new Map<string, number>();
  for (const [hour, some] of byHour) {
    const span = { from: hour, to: Math.min(hour + HOUR_MS, read.to), stepMs: MINUTE_MS };
    const wanted = new Set(some.map(({ group }) => keyOf(group)));
    for (const { group, at } of await newest(reader, read, span)) {
      if (wanted.has(keyOf(group))) minutes.set(keyOf(group), at);
    }
  }
  const since = floorTo(read.from, MINUTE_MS);
  return found
    .map(({ group, at }) => ({ group, at: minutes.get(keyOf(group)) ?? at }))
    .filter(({ group, at }) => !minutes.has(keyOf(group)) || at >= since);
}

export function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

export function keyOf(group: LastSeen['group']): string {
  return JSON.stringify(Object.entries(group).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Of each group the start of the last step that has facts of it. */
async function newest(
  reader: Pick<MetricReader, 'seen'>,
  { metric, filters, groupBy }: LastSeenRead,
  { from, to, stepMs }: { from: number; to: number; stepMs: number },
): Promise<LastSeen[]> {
  const starts = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, index) => new Date(from + index * stepMs));
  const rows = await reader.seen({
    ...{ metric, filters, groupBy, starts },
    range: { from: new Date(from), to: new Date(to) },
  });
  const last = new Map<string, LastSeen>();
  for (const { bucket, group } of rows) {
    const at = from + bucket * stepMs;
    const key = keyOf(group);
    if (at >= (last.get(key)?.at ?? -Infinity)) last.set(key, { group, at });
  }
  return [...last.values()];
}
