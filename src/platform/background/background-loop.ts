/**
 * Does something again and again, `everyMs` from start to start, and never twice at once: what takes longer delays the
 * next turn. Starting it twice starts it once; stopping waits for the turn in flight, which is told by its signal.
 */
export class BackgroundLoop {
  private running?: { readonly abort: AbortController; readonly ended: Promise<void> };

  /** `turn` must not reject. */
  constructor(
    private readonly everyMs: number,
    private readonly turn: (signal: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    if (this.running) return;
    const abort = new AbortController();
    this.running = { abort, ended: this.run(abort.signal) };
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    running.abort.abort();
    await running.ended;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = performance.now();
      await this.turn(signal);
      await pause(Math.max(0, startedAt + this.everyMs - performance.now()), signal);
    }
  }
}

/** Ends early when the signal says so; does not keep the process alive. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
  });
}
