import { wordsOf } from './random.js';

/** What a generated shop is like. The same plan gives the same events on every day they are asked for. */
export interface ShopPlan {
  seed: string;
  /** On an average day, about; a quiet day has fewer, a Sunday more. */
  eventsPerDay: number;
  /** Slugs. */
  collections: readonly string[];
  /** The first is the shop's own; some orders are in the others. */
  currencies: readonly string[];
}

/** From the first UTC day's midnight to an instant, both in milliseconds. */
export interface Period {
  fromMs: number;
  untilMs: number;
}

export const HOUR_MS = 3_600_000;
/** What is drawn at a time: small enough that even ten million events a day are never many at once. */
export const SLOT_MS = 60_000;
export const SLOTS_PER_HOUR = HOUR_MS / SLOT_MS;

/** The words all chance of a plan comes from: another plan is another shop, with other ids. */
export function planWords(plan: ShopPlan): [number, number, number, number] {
  return wordsOf(JSON.stringify([plan.seed, plan.eventsPerDay, plan.collections, plan.currencies]));
}
