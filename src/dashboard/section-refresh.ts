import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundLoop } from '../platform/background/index.js';
import { Logger } from '../platform/logging/index.js';
import type { AskedSection } from './kept-section.js';
import { SectionCache } from './section-cache.js';

const LOOK_EVERY_MS = 5_000;
/** A section that nobody asked for this long is left to expire. */
const WATCHED_MS = 120_000;
/** Sections of a range that ends now; with their ends given there would be too many, and each is asked once or twice. */
const MAX_WATCHED = 40;

/** Computes what is being looked at anew before it expires, so that nobody waits for it. */
@Injectable()
export class SectionRefresh implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watched = new Map<string, { readonly wanted: AskedSection; until: number }>();
  private readonly loop = new BackgroundLoop(LOOK_EVERY_MS, () => this.refreshAll());

  constructor(
    private readonly cache: SectionCache,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Somebody looks at these sections now. */
  watch(sections: readonly AskedSection[]): void {
    const until = performance.now() + WATCHED_MS;
    for (const wanted of sections) {
      if (wanted.asked.from !== undefined || wanted.asked.to !== undefined) continue;
      const known = this.watched.get(wanted.key);
      if (known) known.until = until;
      else if (this.watched.size < MAX_WATCHED) this.watched.set(wanted.key, { wanted, until });
    }
  }

  private async refreshAll(): Promise<void> {
    for (const [key, { wanted, until }] of this.watched) {
      if (until < performance.now()) this.watched.delete(key);
      else await this.refresh(wanted);
    }
  }

  private async refresh(wanted: AskedSection): Promise<void> {
    try {
      await this.cache.refresh(wanted);
    } catch (err) {
      this.log.warn('A section of the dashboard could not be refreshed.', { err, section: wanted.name });
    }
  }
}
