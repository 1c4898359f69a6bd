import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AlertChanges } from '../alerts/index.js';
import { Cache } from '../platform/cache/index.js';
import { Clock, CLOCK_TOLERANCE_MS } from '../platform/clock/index.js';
import type { SectionName } from './domain/section.js';
import { askedSection, keepable, type AskedSection, type KeptSection } from './kept-section.js';
import { NearSections } from './near-sections.js';
import { SectionSource } from './section-source.js';
import { Turns } from './turns.js';

/** No figure of the dashboard is older than this. */
export const KEPT_MS = 60_000;
/** From this age on a section that somebody looks at is computed anew, before it is too old. */
export const REFRESH_AFTER_MS = 45_000;
/** How often a process looks whether the one that computes is done. */
const LOOK_AGAIN_MS = 20;

/**
 * Sections, computed once for everybody who asks within a minute: in this process by sharing the promise, across
 * processes by a claim in the cache they share.
 */
@Injectable()
export class SectionCache {
  private readonly near = new NearSections();
  private readonly turns: Turns;
  private readonly inFlight = new Map<string, Promise<KeptSection>>();
  private alertsChangedAt = 0;
  private dropping = Promise.resolve();

  constructor(
    private readonly cache: Cache,
    private readonly source: SectionSource,
    private readonly changes: AlertChanges,
    private readonly clock: Clock,
  ) {
    this.turns = new Turns(cache);
    this.changes.onChange(() => this.dropAlerts());
  }

  /** What this process has looked up a moment ago. Nothing is waited for. */
  atHand({ name, key }: AskedSection): KeptSection | undefined {
    const now = this.clock.now().getTime();
    const copy = this.near.get(key, now);
    return copy && this.holds(name, copy, { oldest: now - KEPT_MS, now }) ? copy : undefined;
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
    const { key } = askedSection('alerts', {});
    this.alertsChangedAt = this.clock.now().getTime();
    this.near.drop(key);
    this.inFlight.delete(key);
    this.dropping = this.cache.delete(key);
  }

  private async kept({ name, key }: AskedSection, maxAgeMs: number): Promise<KeptSection | undefined> {
    if (name === 'alerts' && !this.changes.isHearing) return undefined;
    if (name === 'alerts') await this.dropping;
    const kept = await this.cache.get<KeptSection>(key);
    const now = this.clock.now().getTime();
    if (!kept || !this.holds(name, kept, { oldest: now - maxAgeMs, now })) return undefined;
    this.near.keep(key, kept, now);
    return kept;
  }

  /**
   * Whether a section may be given to a client that wants none from `oldest` or before. One from the future was computed
   * while a clock was ahead: nobody knows how old it is.
   */
  private holds(
    name: SectionName,
    { at }: KeptSection,
    { oldest, now }: { readonly oldest: number; readonly now: number },
  ): boolean {
    if (at <= oldest || at > now + CLOCK_TOLERANCE_MS) return false;
    this.alertsChangedAt = Math.min(this.alertsChangedAt, now);
    return name !== 'alerts' || (at > this.alertsChangedAt && this.changes.isHearing);
  }

  private compute(wanted: AskedSection, maxAgeMs: number): Promise<KeptSection> {
    const { key } = wanted;
    const running = this.inFlight.get(key);
    if (running) return running;
    const flight = this.computeForAll(wanted, maxAgeMs).finally(() => {
      if (this.inFlight.get(key) === flight) this.inFlight.delete(key);
    });
    this.inFlight.set(key, flight);
    return flight;
  }

  /** One process computes; the others wait for what it keeps, and take over when it fails, dies, or cannot keep it. */
  private async computeForAll(wanted: AskedSection, maxAgeMs: number): Promise<KeptSection> {
    for (;;) {
      const turn = await this.turns.take(`${wanted.key}:claim`);
      try {
        // Who had the claim before may have kept it since this process looked.
        const kept = await this.kept(wanted, maxAgeMs);
        if (kept) return kept;
        if (turn) return await this.computeAndKeep(wanted);
      } finally {
        await turn?.end();
      }
      await pause(LOOK_AGAIN_MS);
    }
  }

  private async computeAndKeep({ name, asked, key }: AskedSection): Promise<KeptSection> {
    const at = this.clock.now().getTime();
    const section = keepable(await this.source.compute(name, asked), at);
    if (!this.holds(name, section, { oldest: -Infinity, now: this.clock.now().getTime() })) return section;
    this.near.keep(key, section, this.clock.now().getTime());
    await this.cache.set(key, section, KEPT_MS);
    return section;
  }
}
