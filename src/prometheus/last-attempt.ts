import { whatWentWrong } from './upstream-error.js';
import { goneAfterMs, type PlaceState } from './request-source.js';

/** How asking somebody went, the last time and the last good time. Times in ms. */
export class LastAttempt {
  /** When it answered last. */
  goodAt?: number;
  private error?: string;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
  ) {}

  succeeded(at: number): void {
    this.goodAt = at;
    this.error = undefined;
  }

  failed(error: unknown): void {
    this.error = whatWentWrong(error);
  }

  /** The last attempt failed, or there has been none for two intervals. */
  isStale(now: number): boolean {
    return this.error !== undefined || (this.goodAt !== undefined && now - this.goodAt > 2 * this.intervalMs);
  }

  /** It has answered, and not too long ago. */
  answers(now: number): boolean {
    return this.goodAt !== undefined && now - this.goodAt <= goneAfterMs(this.intervalMs);
  }

  state(now: number): PlaceState {
    const answers = this.answers(now) && this.error === undefined;
    return { name: this.name, answers, detail: this.detail(now) };
  }

  private detail(now: number): string {
    const age = this.goodAt === undefined ? undefined : `${((now - this.goodAt) / 1_000).toFixed(1)} s ago`;
    if (this.error !== undefined) return `${this.name} ${this.error}; last good answer: ${age ?? 'none yet'}.`;
    return age === undefined ? `${this.name} has not been asked yet.` : `${this.name} answered ${age}.`;
  }
}
