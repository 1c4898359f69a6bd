import type { LoggerService } from '@nestjs/common';

const QUIET_MS = 10_000;

/** Says once in a while that something is broken, with the number of errors in between, instead of for each error. */
export class ThrottledErrorLog {
  private readonly seen = new Map<string, { loggedAt: number; unlogged: number }>();

  constructor(private readonly log: Pick<LoggerService, 'error'>) {}

  report(what: string, error: unknown): void {
    const now = Date.now();
    const last = this.seen.get(what);
    if (last && now - last.loggedAt < QUIET_MS) {
      last.unlogged += 1;
      return;
    }
    const more = last?.unlogged ? ` (and ${last.unlogged} times since it was last logged)` : '';
    this.seen.set(what, { loggedAt: now, unlogged: 0 });
    this.log.error(`${what}: ${messageOf(error)}${more}`);
  }
}

/** An AggregateError of refused connections has no message of its own. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return error.message || code || error.name;
}
