import { settledWithin } from './settled-within.js';

/** An answer and when it was asked for. */
export interface DatedAnswer<T> {
  readonly value: T;
  readonly at: Date;
  /** False: a new one was not to be had in time, this is the last good one. */
  readonly fresh: boolean;
}

export interface LatestAnswersOptions {
  /** Nobody waits longer than this for a new answer. */
  readonly patienceMs: number;
  /** Answers that are kept, the latest used ones. */
  readonly maxEntries: number;
}

/** Answers of somebody slow: a new one within the patience of who asks, else the last good one, else none. */
export class LatestAnswers<T> {
  private readonly known = new Map<string, { value: T; at: Date }>();
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly options: LatestAnswersOptions) {}

  /** `load` goes on after the patience has ended, and what it brings is kept for the next one who asks. */
  async get(key: string, at: Date, load: () => Promise<T>): Promise<DatedAnswer<T> | undefined> {
    const before = this.known.get(key);
    const loading = this.underWay.get(key) ?? this.begin(key, at, load);
    await settledWithin(this.options.patienceMs, loading);
    const answer = this.known.get(key);
    return answer && { ...answer, fresh: answer !== before };
  }

  private begin(key: string, at: Date, load: () => Promise<T>): Promise<void> {
    const loading = load()
      .then((value) => this.keep(key, { value, at }))
      .catch(() => undefined) // The last good answer stands; whoever loads has told why.
      .finally(() => this.underWay.delete(key));
    this.underWay.set(key, loading);
    return loading;
  }

  private keep(key: string, answer: { value: T; at: Date }): void {
    this.known.delete(key);
    this.known.set(key, answer);
    const [oldest] = this.known.keys();
    if (this.known.size > this.options.maxEntries && oldest !== undefined) this.known.delete(oldest);
  }
}
