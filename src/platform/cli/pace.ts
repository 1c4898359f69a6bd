/** How far some work is: `done` of a total (bytes, events, …), and how many things (`count`) that was. */
export interface ProgressStep {
  done: number;
  count: number;
}

interface Sample extends ProgressStep {
  atMs: number;
}

/** Long enough to be steady, short enough to follow a server that has become slower. */
const WINDOW_MS = 15_000;
const SAMPLE_EVERY_MS = 500;

/** Things per second and the time left, from what was seen in the last seconds. */
export class Pace {
  private samples: Sample[];

  constructor(
    private readonly total: number,
    start: ProgressStep,
    nowMs: number,
  ) {
    this.samples = [{ ...start, atMs: nowMs }];
  }

  observe(step: ProgressStep, nowMs: number): void {
    const beforeLatest = this.samples.at(-2);
    if (beforeLatest && nowMs - beforeLatest.atMs < SAMPLE_EVERY_MS) this.samples.pop();
    this.samples.push({ ...step, atMs: nowMs });
    while (this.samples.length > 2 && nowMs - (this.samples[1]?.atMs ?? nowMs) > WINDOW_MS) this.samples.shift();
  }

  /** `secondsLeft` is undefined while nothing has moved. */
  read(): { perSecond: number; secondsLeft: number | undefined } {
    const first = this.samples[0] as Sample;
    const last = this.samples.at(-1) as Sample;
    const seconds = (last.atMs - first.atMs) / 1000;
    if (seconds <= 0) return { perSecond: 0, secondsLeft: undefined };
    const donePerSecond = (last.done - first.done) / seconds;
    return {
      perSecond: (last.count - first.count) / seconds,
      secondsLeft: donePerSecond > 0 ? (this.total - last.done) / donePerSecond : undefined,
    };
  }
}
