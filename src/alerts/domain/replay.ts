import { advance, type MachineRule } from './advance.js';
import type { AlertRule } from './alert-config.js';
import { outcomesOf, type GroupObservation, type KnownInstance } from './instances.js';
import { NORMAL } from './instance-state.js';

/** When a rule would have fired. Instants are epoch milliseconds. */
export interface Firing {
  readonly from: number;
  /** Null: it would still be firing. */
  to: number | null;
  readonly group: string | null;
  /** The worst value; null where there was no data. */
  peak: number | null;
}

/** Runs a rule over the past, tick by tick, through the state machine that runs it live. Nobody hears of it. */
export class Replay {
  readonly firings: Firing[] = [];
  private readonly open = new Map<string, Firing>();
  private readonly known = new Map<string, KnownInstance>();

  constructor(private readonly rule: MachineRule & Pick<AlertRule, 'groupBy'>) {}

  tick(at: number, observed: readonly GroupObservation[]): void {
    const { outcomes } = outcomesOf(this.rule, observed, this.known);
    for (const { instance, group, outcome } of outcomes) {
      const step = advance(this.rule, this.known.get(instance)?.state ?? NORMAL, { outcome }, at, () => instance);
      if (step.state.phase === 'normal') this.known.delete(instance);
      else this.known.set(instance, { group, state: step.state });
      if (step.change === 'fired') this.begin(instance, { from: at, to: null, group, peak: null });
      const firing = this.open.get(instance);
      if (firing && step.state.episode) firing.peak = step.state.episode.peak;
      if (firing && step.closed) this.end(instance, firing, at);
    }
  }

  private begin(instance: string, firing: Firing): void {
    this.firings.push(firing);
    this.open.set(instance, firing);
  }

  private end(instance: string, firing: Firing, at: number): void {
    firing.to = at;
    this.open.delete(instance);
  }
}
