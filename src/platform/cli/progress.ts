import { SingleBar } from 'cli-progress';
import type { WriteStream } from 'node:tty';
import { formatCount, formatDuration } from './format.js';
import { Pace, type ProgressStep } from './pace.js';

/** Shows how far a long command is. */
export interface Progress {
  update(step: ProgressStep): void;
  /** A line for the reader, kept above the bar. */
  note(line: string): void;
  stop(): void;
}

export interface ProgressOptions {
  label: string;
  /** In the unit of `ProgressStep.done`. */
  total: number;
  /** What `ProgressStep.count` counts, e.g. `events`. */
  unit: string;
  start?: ProgressStep;
  /** Default: stderr, so that stdout holds results only. */
  stream?: Pick<WriteStream, 'write'> & { isTTY?: boolean };
  now?: () => number;
}

const LINE_EVERY_MS = 5_000;

/** A bar with rate and time left on a terminal, a plain line every few seconds elsewhere. */
export function startProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr;
  return stream.isTTY ? new BarProgress(options, stream) : new LineProgress(options, stream);
}

class LineProgress implements Progress {
  private readonly now: () => number;
  private readonly pace: Pace;
  private lineAtMs: number;

  constructor(
    private readonly options: ProgressOptions,
    private readonly stream: Pick<WriteStream, 'write'>,
  ) {
    this.now = options.now ?? Date.now;
    this.lineAtMs = this.now();
    this.pace = new Pace(options.total, options.start ?? { done: 0, count: 0 }, this.lineAtMs);
  }

  update(step: ProgressStep): void {
    const nowMs = this.now();
    this.pace.observe(step, nowMs);
    if (nowMs - this.lineAtMs < LINE_EVERY_MS) return;
    this.lineAtMs = nowMs;
    const { perSecond, secondsLeft } = this.pace.read();
    const percent = Math.floor(percentOf(step.done, this.options.total));
    const { label, unit } = this.options;
    this.note(
      `${label}: ${percent} %, ${formatCount(step.count)} ${unit}, ${formatCount(perSecond)} ${unit}/s, ${formatDuration(secondsLeft)} left`,
    );
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  stop(): void {
    // Nothing is held back.
  }
}

class BarProgress implements Progress {
  private readonly now: () => number;
  private readonly pace: Pace;
  private readonly bar: SingleBar;

  constructor(
    private readonly options: ProgressOptions,
    private readonly stream: Pick<WriteStream, 'write'>,
  ) {
    this.now = options.now ?? Date.now;
    const start = options.start ?? { done: 0, count: 0 };
    this.pace = new Pace(options.total, start, this.now());
    this.bar = new SingleBar({
      format: `${options.label} {bar} {share} % · {counted} ${options.unit} · {rate}/s · {left} left`,
      stream: stream as NodeJS.WritableStream,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      linewrap: null,
      fps: 5,
      gracefulExit: false,
    });
    this.bar.start(Math.max(options.total, 1), start.done, this.texts(start));
  }

  update(step: ProgressStep): void {
    this.pace.observe(step, this.now());
    this.bar.update(Math.min(step.done, this.options.total), this.texts(step));
  }

  note(line: string): void {
    // Clears the bar's line; the bar is drawn again below the note.
    this.stream.write(`\r\u001b[2K${line}\n`);
    this.bar.render();
  }

  stop(): void {
    this.bar.stop();
  }

  private texts(step: ProgressStep): Record<string, string> {
    const { perSecond, secondsLeft } = this.pace.read();
    return {
      share: String(Math.floor(percentOf(step.done, this.options.total))),
      counted: formatCount(step.count),
      rate: formatCount(perSecond),
      left: formatDuration(secondsLeft),
    };
  }
}

function percentOf(done: number, total: number): number {
  return total <= 0 ? 100 : Math.min(100, (done / total) * 100);
}
