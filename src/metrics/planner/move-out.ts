import { ceilTo, floorTo, type Level } from './level.js';
import type { KeptFrom } from './retention-policy.js';
import type { Span } from './segments.js';

/**
 * Moves the ends of a range out to where something can still be cut: an end that is older than raw events goes to the
 * full minute, one older than minutes to the full hour, one older than hours to the UTC day.
 */
export function moveOut(range: Span, kept: KeptFrom & { readonly raw: number }): Span {
  const from = grain(range.from, kept);
  const to = grain(range.to, kept);
  return { from: from ? floorTo(from, range.from) : range.from, to: to ? ceilTo(to, range.to) : range.to };
}

/** Moves the ends of a range out as far as those of an older one have to be. */
export function moveOutAlike<T extends { readonly from: Date; readonly to: Date }>(
  range: T,
  older: { readonly from: Date; readonly to: Date },
  kept: KeptFrom & { readonly raw: number },
): T {
  const from = grain(older.from.getTime(), kept);
  const to = grain(older.to.getTime(), kept);
  return {
    ...range,
    from: from ? new Date(floorTo(from, range.from.getTime())) : range.from,
    to: to ? new Date(ceilTo(to, range.to.getTime())) : range.to,
  };
}

function grain(ms: number, kept: KeptFrom & { readonly raw: number }): Level | undefined {
  if (ms >= kept.raw) return undefined;
  if (ms >= kept.minute) return 'minute';
  return ms >= kept.hourly ? 'hourly' : 'daily';
}
