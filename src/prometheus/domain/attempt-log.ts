import type { Uptime } from './request-window.js';

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly answered: boolean;
}

/** For how long a target answered, and for how long it did not, as far as anybody asked. Times in ms. */
export class AttemptLog {
  private readonly stretches: Stretch[] = [];
  private latestAt?: number;

  constructor(private readonly keptMs: number) {}

  /** An attempt speaks for the time since the one before it. */
  add(at: number, answered: boolean): void {
    if (this.latestAt !== undefined && at > this.latestAt) this.extend(this.latestAt, at, answered);
    this.latestAt = at;
    while (this.stretches[0] && this.stretches[0].end < at - this.keptMs) this.stretches.shift();
  }

  /** Time before the first attempt, and time since the last one, was not observed. */
  uptime(from: number, to: number): Uptime {
    const upMs = this.msOf(from, to, true);
    const observedMs = upMs + this.msOf(from, to, false);
    return {
      share: observedMs === 0 ? null : upMs / observedMs,
      coverage: Math.min(1, observedMs / (to - from)),
    };
  }

  /** Stretches of the same outcome are one. */
  private extend(start: number, end: number, answered: boolean): void {
    const last = this.stretches.at(-1);
    if (last?.end !== start || last.answered !== answered) this.stretches.push({ start, end, answered });
    else this.stretches[this.stretches.length - 1] = { ...last, end };
  }

  private msOf(from: number, to: number, answered: boolean): number {
    return this.stretches
      .filter((stretch) => stretch.answered === answered)
      .reduce((total, { start, end }) => total + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
  }
}
