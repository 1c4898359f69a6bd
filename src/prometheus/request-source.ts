import type { RequestWindow } from './domain/request-window.js';

/** How long the live window is. */
export const LIVE_WINDOW_MS = 5 * 60_000;

/** What a source says right now; it answers from memory, at once. */
export interface SourceAnswer {
  /** The latest it knows of the window. */
  readonly window?: RequestWindow;
  /** False: it is gone, so another one should be asked. What it knew is still in `window`. */
  readonly answers: boolean;
  /** The last attempt failed, or what is known is older than two intervals. */
  readonly stale: boolean;
}

/** Where the latest requests are seen. Reads in the background between `start` and `stop`. */
export interface RequestSource {
  start(): void;
  stop(): Promise<void>;
  /** The window of five minutes up to `now`, or as much of it as was observed. */
  answer(now: Date): SourceAnswer;
  /** One entry for each place that is asked. */
  places(now: Date): readonly PlaceState[];
}

export interface PlaceState {
  /** Without credentials. */
  readonly name: string;
  readonly answers: boolean;
  /** One sentence that begins with the name. */
  readonly detail: string;
}

/** When a source that brings nothing any more counts as gone: four intervals, at least five seconds. */
export function goneAfterMs(intervalMs: number): number {
  return Math.max(4 * intervalMs, 5_000);
}
