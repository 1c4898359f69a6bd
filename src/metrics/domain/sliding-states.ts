import { addState, emptyState, type State } from './state.js';

/**
 * The total of a window that moves forward over states by bucket. States add up but cannot be taken away again, so the
 * window is kept as two stacks: each bucket is added twice in all, however long the window is.
 */
export class SlidingStates {
  private readonly front: (State | null)[] = [];
  private back: (State | null)[] = [];
  private backTotal: State | null = null;
  private from = 0;
  private to = 0;

  constructor(private readonly states: ReadonlyMap<number, State>) {}

  /** The total of the buckets `[from, to)`; null where there is nothing. Neither end ever goes back. */
  moveTo(from: number, to: number): State | null {
    if (from >= this.to) this.restart(from);
    for (; this.to < to; this.to++) this.push(this.states.get(this.to) ?? null);
    for (; this.from < from; this.from++) this.drop();
    return sumOf(this.front.at(-1) ?? null, this.backTotal);
  }

  private restart(from: number): void {
    this.front.length = 0;
    this.back = [];
    this.backTotal = null;
    this.from = from;
    this.to = from;
  }

  private push(state: State | null): void {
    this.back.push(state);
    this.backTotal = sumOf(this.backTotal, state);
  }

  private drop(): void {
    if (this.front.length === 0) {
      let total: State | null = null;
      for (const state of this.back.reverse()) {
        total = sumOf(state, total);
        this.front.push(total);
      }
      this.back = [];
      this.backTotal = null;
    }
    this.front.pop();
  }
}

/** A state of its own: neither of the two is changed. */
export function sumOf(left: State | null, right: State | null): State | null {
  if (!left || !right) return left ?? right;
  const total = emptyState();
  addState(total, left);
  addState(total, right);
  return total;
}
