import { FALLBACK_ORDER, type Channel } from './channel.js';

/** What became of a notice on the channels of one recipient. */
export type Fates = ReadonlyMap<Channel, string>;

const ON_ITS_WAY = new Set(['pending', 'folded', 'sent']);

/**
 * The channel that takes over for a recipient when `failed` did not work: the next in the order that they have.
 * `undefined`: none is left, or one of those already carries the notice.
 */
export function takesOver(failed: Channel, fates: Fates, has: (channel: Channel) => boolean): Channel | undefined {
  for (const channel of FALLBACK_ORDER.slice(FALLBACK_ORDER.indexOf(failed) + 1)) {
    const fate = fates.get(channel);
    if (fate !== undefined && ON_ITS_WAY.has(fate)) return undefined;
    if (fate !== 'failed' && has(channel)) return channel;
  }
  return undefined;
}
