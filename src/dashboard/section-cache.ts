import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AlertChanges } from '../alerts/index.js';
import { Cache } from '../platform/cache/index.js';
import { Clock } from '../platform/clock/index.js';
import type { SectionName } from './domain/section.js';
import { keepable, keyOf, type KeptSection } from './kept-section.js';
import { SectionSource, type AskedRange } from './section-source.js';

/** No figure of the dashboard is older than this. */
export const KEPT_MS = 60_000;
/** From this age on a section that somebody looks at is computed anew, before it is too old. */
export const REFRESH_AFTER_MS = 45_000;
/** Longer than any computation; the claim of a process that died ends with it. */
const CLAIM_MS = 12_000;
/** How often a process looks whether the one that computes is done. */
const LOOK_AGAIN_MS = 20;

export interface AskedSection {
  readonly name: SectionName;
  readonly asked: AskedRange;
}

/**
 * Sections, computed once for everybody who asks within a minute: in this process by sharing the promise, across
 * processes by a claim in the cache they share.
 */
@Injectable()
export class SectionCache {
  private readonly inFlight = new Map<string, Promise<KeptSection>>();
  private alertsChangedAt = 0;
  private dropping = Promise.resolve();

  constructor(
    private readonly cache: Cache,
    private readonly source: SectionSource,
    private readonly changes: AlertChanges,
    private readonly clock: Clock,
  ) {
    this.changes.onChange(() => this.dropAlerts());
  }

  async get(wanted: AskedSection): Promise<{ section: KeptSection; cached: boolean }> {
    const kept = await this.kept(wanted, KEPT_MS);
    return kept ? { section: kept, cached: true } : { section: await this.compute(wanted, KEPT_MS), cached: false };
  }

  /** Makes sure that the section is young enough to last for a while. */
  async refresh(wanted: AskedSection): Promise<void> {
    if (await this.kept(wanted, REFRESH_AFTER_MS)) return;
    await this.compute(wanted, REFRESH_AFTER_MS);
  }

  /** The flight that began before a change must not carry those who ask after it, nor be kept. */
  private dropAlerts(): void {
    const key = keyOf('alerts', {});
    this.alertsChangedAt = this.clock.now().getTime();
    this.inFlight.delete(key);
    this.dropping = this.cache.delete(key);
  }

  private async kept({ name, asked }: AskedSection, maxAgeMs: number): Promise<KeptSection | undefined> {
    if (name === 'alerts' && !this.changes.isHearing) return undefined;
    if (name === 'alerts') await this.dropping;
    const kept = await this.cache.get<KeptSection>(keyOf(name, asked));
    if (!kept || this.clock.now().getTime() - kept.at >= maxAgeMs) return undefined;
    return this.isOutdated(name, kept) ? undefined : kept;
  }

  private isOutdated(name: SectionName, { at }: KeptSection): boolean {
    return name === 'alerts' && at <= this.alertsChangedAt;
  }

  private compute(wanted: AskedSection, maxAgeMs: number): Promise<KeptSection> {
    const key = keyOf(wanted.name, wanted.asked);
    const running = this.inFlight.get(key);
    if (running) return running;
    const flight = this.computeForAll(wanted, maxAgeMs).finally(() => {
      if (this.inFlight.get(key) === flight) this.inFlight.delete(key);
    });
    this.inFlight.set(key, flight);
    return flight;
  }

  /** One process computes; the others wait for what it keeps, and take over when it fails or dies. */
  private async computeForAll(wanted: AskedSection, maxAgeMs: number): Promise<KeptSection> {
    const claim = `${keyOf(wanted.name, wanted.asked)}:claim`;
    for (;;) {
      const isOurs = await this.cache.claim(claim, CLAIM_MS);
      try {
        // Who had the claim before may have kept it since this process looked.
        const kept = await this.kept(wanted, maxAgeMs);
        if (kept) return kept;
        if (isOurs) return await this.computeAndKeep(wanted);
      } finally {
        if (isOurs) await this.cache.delete(claim);
      }
      await pause(LOOK_AGAIN_MS);
    }
  }

  private async computeAndKeep({ name, asked }: AskedSection): Promise<KeptSection> {
    const at = this.clock.now().getTime();
    const section = keepable(await this.source.compute(name, asked), at);
    const isKept = !this.isOutdated(name, section) && (name !== 'alerts' || this.changes.isHearing);
    if (isKept) await this.cache.set(keyOf(name, asked), section, KEPT_MS);
    return section;
  }
}
