/** How much one address gets before notices fold into a digest. */
export interface LaneLimit {
  readonly lane: 'routine' | 'critical_sms';
  /** Messages that leave alone, in a window. */
  readonly most: number;
  readonly windowSeconds: number;
  /** A digest leaves when nothing has joined it for so long, */
  readonly settleSeconds: number;
  /** but not later than this after its first notice. */
  readonly holdSeconds: number;
  /** How long a further digest of the same window waits. */
  readonly nextHoldSeconds: number;
}

/**
 * Info and warning: promised within 5 minutes, so that the second digest can wait for four. Critical SMS: promised within
 * 30 s, of which the digest waits for at most 15.
 */
export function stormLimits(maxPerRecipient: number): readonly LaneLimit[] {
  return [
    {
      lane: 'routine',
      most: maxPerRecipient,
      windowSeconds: 600,
      settleSeconds: 10,
      holdSeconds: 60,
      nextHoldSeconds: 240,
    },
    { lane: 'critical_sms', most: 5, windowSeconds: 60, settleSeconds: 5, holdSeconds: 15, nextHoldSeconds: 5 },
  ];
}
