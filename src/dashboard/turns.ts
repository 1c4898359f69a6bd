import { BackgroundLoop } from '../platform/background/index.js';
import type { Cache } from '../platform/cache/index.js';

/**
 * How long a turn stands that nobody renews or ends. A process that died, or lost its cache in the middle, holds up the
 * others for as long: together with a computation that has to be less than anybody waits for a section.
 */
const STANDS_MS = 2_000;
/** After a failure a process leaves the cache alone for a second: half of them may be missed. */
const RENEWALS = 5;

export interface Turn {
  end(): Promise<void>;
}

/** Lets one of all processes that share a cache do a work at a time, for as long as it takes. */
export class Turns {
  constructor(private readonly cache: Pick<Cache, 'claim'>) {}

  /** Undefined: somebody else has it. */
  async take(key: string): Promise<Turn | undefined> {
    const claim = await this.cache.claim(key, STANDS_MS);
    if (!claim) return undefined;
    const renewing = new BackgroundLoop(STANDS_MS / RENEWALS, () => claim.renew());
    renewing.start();
    return {
      end: async () => {
        await renewing.stop();
        await claim.release();
      },
    };
  }
}
