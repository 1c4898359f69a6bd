import { FALLBACK_ORDER, type Channel } from './channel.js';

/** `delayed`: still being tried, but its own fallback has been planned already. */
export type ChannelStatus = 'pending' | 'folded' | 'sent' | 'delayed' | 'failed' | 'skipped';

/** The status of a notice on each channel of one recipient. */
export type ChannelStatuses = ReadonlyMap<Channel, ChannelStatus>;

const ON_ITS_WAY: ReadonlySet<ChannelStatus> = new Set(['pending', 'folded', 'sent']);
const IN_TROUBLE: ReadonlySet<ChannelStatus> = new Set(['delayed', 'failed']);

/**
 * The channel over which a recipient is told when `failed` does not work: the next in the order that they have.
 * `undefined`: none is left, or one of those already carries the notice.
 */
export function fallbackChannel(
  failed: Channel,
  statuses: ChannelStatuses,
  has: (channel: Channel) => boolean,
): Channel | undefined {
  for (const channel of FALLBACK_ORDER.slice(FALLBACK_ORDER.indexOf(failed) + 1)) {
    const status = statuses.get(channel);
    if (status !== undefined && ON_ITS_WAY.has(status)) return undefined;
    if ((status === undefined || !IN_TROUBLE.has(status)) && has(channel)) return channel;
  }
  return undefined;
}
