import type { RejectedLine } from '../reading/batch.js';

/** What became of a batch. */
export interface BatchOutcome {
  accepted: number;
  duplicates: number;
  rejected: RejectedLine[];
  /** It was sent again although an earlier try may have been stored: its duplicates may be its own events. */
  sentAgain: boolean;
}

export interface TallyState {
  accepted: number;
  duplicates: number;
  rejected: number;
  firstRejections: RejectedLine[];
  batchesSentAgain: number;
}

/** Enough to see what is wrong with a file, few enough to read. */
const KEPT_REJECTIONS = 10;

/** The running total of an import. */
export class Tally {
  private readonly state: TallyState;

  constructor(state?: TallyState) {
    this.state = state
      ? { ...state, firstRejections: [...state.firstRejections] }
      : { accepted: 0, duplicates: 0, rejected: 0, firstRejections: [], batchesSentAgain: 0 };
  }

  add(outcome: BatchOutcome): void {
    this.state.accepted += outcome.accepted;
    this.state.duplicates += outcome.duplicates;
    this.state.rejected += outcome.rejected.length;
    this.state.batchesSentAgain += outcome.sentAgain ? 1 : 0;
    for (const rejection of outcome.rejected) {
      if (this.state.firstRejections.length >= KEPT_REJECTIONS) break;
      this.state.firstRejections.push(rejection);
    }
  }

  snapshot(): TallyState {
    return { ...this.state, firstRejections: [...this.state.firstRejections] };
  }
}

/** All events of a tally, whatever became of them. */
export function countEvents(tally: TallyState): number {
  return tally.accepted + tally.duplicates + tally.rejected;
}
