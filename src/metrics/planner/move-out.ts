import { ceilTo, floorTo, type Level } from './level.js';
import type { KeptFrom } from './retention-policy.js';
import type { Span } from './segments.js';

/** The finest buckets that each end of a range can still be cut at; undefined: anywhere. */
export interface Grains {
  readonly from: Level | undefined;
  readonly to: Level | undefined;
}

/**
 * Moves the ends of a range out to where something can still be cut: an end that is older than raw events goes to the
 * full minute, one older than minutes to the full hour, one older than hours to the UTC day.
 */
export function moveOut(range: Span, kept: KeptFrom & { readonly raw: number }): Span {
  return moveOutTo(range, grainsOf(range, kept));
}

export function moveOutTo(range: Span, { from, to }: Grains): Span {
  return { from: from ? floorTo(from, range.from) : range.from, to: to ? ceilTo(to, range.to) : range.to };
}

/** `from` is never finer than `to`, which is younger. */
export function grainsOf(range: Span, kept: KeptFrom & { readonly raw: number }): Grains {
  return { from: grain(range.from, kept), to: grain(range.to, kept) };
}

function grain(ms: number, kept: KeptFrom & { readonly raw: number }): Level | undefined {
  if (ms >= kept.raw) return undefined;
  if (ms >= kept.minute) return 'minute';
  return ms >= kept.hourly ? 'hourly' : 'daily';
}
