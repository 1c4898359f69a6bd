import type { ShopWindow } from './assortment.js';
import type { EventIds } from './event-ids.js';
import { SLOT_MS } from './plan.js';
import type { Random } from './random.js';
import type { EventFields, Timeline } from './timeline.js';

export interface SceneParts {
  random: Random;
  ids: EventIds;
  timeline: Timeline;
  startMs: number;
  /** The bad hour: errors and latency up, sales down. */
  incident: boolean;
}

/** Some minutes of a shop while it is drawn: what chance it has, and where its events go. */
export class Scene {
  readonly random: Random;
  readonly startMs: number;
  readonly incident: boolean;
  private readonly ids: EventIds;
  private readonly timeline: Timeline;

  constructor(
    readonly shop: ShopWindow,
    readonly currencies: readonly string[],
    parts: SceneParts,
  ) {
    ({ random: this.random, startMs: this.startMs, incident: this.incident } = parts);
    ({ ids: this.ids, timeline: this.timeline } = parts);
  }

  /** Some moment of it. */
  moment(): number {
    return this.startMs + this.random.next() * SLOT_MS;
  }

  record(atMs: number, fields: EventFields): void {
    this.timeline.add({ atMs: Math.floor(atMs), ids: this.ids, idNumber: this.ids.take(), fields });
  }

  /** A new id of something that needs one. */
  newId(prefix: string): string {
    return `${prefix}-${this.random.hex()}${this.random.hex()}`;
  }
}
