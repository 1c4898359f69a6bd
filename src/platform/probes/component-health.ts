import { Injectable } from '@nestjs/common';
import { settledWithin } from '../deadline/index.js';
import { Logger } from '../logging/index.js';

/** `off`: not configured, which is no reason to worry. */
export type ComponentStatus = 'healthy' | 'degraded' | 'down' | 'off';

export interface ComponentState {
  readonly status: ComponentStatus;
  /** One sentence for a person: what is seen, and against which limit. No secrets, no addresses. */
  readonly detail: string;
}

/** A part of the system that people watch. Its room registers it; `/health/overview` shows it. */
export interface HealthComponent {
  /** As it shows in `/health/overview`, e.g. `database`. */
  readonly name: string;
  /** Looks at the component. A rejection is `down`. */
  check(): Promise<ComponentState>;
}

/** An answer of the API does not wait longer for a component; more than HEALTH_DEGRADED_RESPONSE_MS can be. */
const PATIENCE_MS = 300;
/** A component that has not answered for so long is taken to be down. */
const DOWN_AFTER_MS = 2_000;
/** However often it is asked, a component is not looked at more than once in this time. */
const REUSE_MS = 1_000;

/** How every component is, within a third of a second even while some of them hang. */
@Injectable()
export class ComponentHealth {
  private readonly watched = new Map<string, WatchedComponent>();

  constructor(private readonly logger: Logger) {}

  register(component: HealthComponent): void {
    this.watched.set(component.name, new WatchedComponent(component, this.logger));
  }

  /** The state of each registered component, by name. */
  async states(): Promise<Record<string, ComponentState>> {
    const entries = [...this.watched].map(async ([name, watched]) => [name, await watched.state()] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** One component with the look at it that is under way: looks never overlap, so a hanging one cannot pile up. */
class WatchedComponent {
  private looking?: { readonly since: number; readonly done: Promise<void> };
  /** When the first look began of those that have found it down one after the other. */
  private downSince?: number;
  private latest?: { readonly at: number; readonly state: ComponentState };

  constructor(
    private readonly component: HealthComponent,
    private readonly logger: Logger,
  ) {}

  async state(): Promise<ComponentState> {
    if (this.latest && performance.now() - this.latest.at < REUSE_MS && !this.looking) return this.latest.state;
    this.looking ??= this.beginLook();
    const { since, done } = this.looking;
    await settledWithin(PATIENCE_MS, done);
    return this.looking === undefined ? this.seen() : unanswered(performance.now() - (this.downSince ?? since));
  }

  private beginLook(): { readonly since: number; readonly done: Promise<void> } {
    const since = performance.now();
    return { since, done: this.look(since) };
  }

  private async look(since: number): Promise<void> {
    const state = await this.component.check().catch((err: unknown): ComponentState => {
      this.logger.child('health').warn(`The ${this.component.name} is down.`, { err });
      return { status: 'down', detail: 'It cannot be reached; the log says why.' };
    });
    this.downSince = state.status === 'down' ? (this.downSince ?? since) : undefined;
    this.latest = { at: performance.now(), state };
    this.looking = undefined;
  }

  private seen(): ComponentState {
    return this.latest?.state ?? unanswered(0);
  }
}

function unanswered(ms: number): ComponentState {
  const status = ms >= DOWN_AFTER_MS ? 'down' : 'degraded';
  return { status, detail: `It has not answered for ${Math.max(0.1, ms / 1_000).toFixed(1)} s.` };
}
