import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../../platform/cli/index.js';
import { readAnswer, type Verdict } from './answer.js';
import type { Batch, RejectedLine } from '../reading/batch.js';
import { ConnectionFailure, type EventsClient } from './events-client.js';
import { Patience, RETRY_LIMITS, retryDelayMs, type RetryLimits } from './retry-policy.js';
import type { BatchOutcome } from './tally.js';

type Sent = Pick<Batch, 'events' | 'lines'>;

/** Sends a batch until every event of it has its verdict, through busy spells, outages and restarts of the service. */
export class BatchSender {
  private readonly patience: Patience;

  constructor(
    private readonly client: Pick<EventsClient, 'post'>,
    tell: (line: string) => void,
    private readonly limits: RetryLimits = RETRY_LIMITS,
  ) {
    this.patience = new Patience(limits, tell);
  }

  /** @throws CommandError when the service refuses, or is away for too long; AbortError when interrupted. */
  async send(batch: Sent, signal: AbortSignal): Promise<BatchOutcome> {
    const body = Buffer.from(`{"events":[${batch.events.join(',')}]}`);
    let sentAgain = false;
    for (let attempt = 0; ; attempt += 1) {
      const verdict = await this.attempt(body, signal);
      if (verdict.kind === 'taken') {
        this.patience.taken();
        return { ...verdict, rejected: withLines(verdict.rejected, batch), sentAgain };
      }
      if (verdict.kind === 'stop') throw new CommandError(stopMessage(verdict.reason, batch));
      if (verdict.kind === 'too-large') return this.sendHalves(batch, signal);
      sentAgain ||= verdict.kind === 'unavailable' && verdict.mayBeStored;
      this.checkPatience(verdict);
      await sleep(retryDelayMs(attempt, verdict.retryAfterMs, this.limits), undefined, { signal });
    }
  }

  private async attempt(body: Buffer, signal: AbortSignal): Promise<Verdict> {
    signal.throwIfAborted();
    try {
      return readAnswer(await this.client.post(body, signal));
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) throw error;
      const reason = `The service cannot be reached: ${error.message}.`;
      if (error.permanent) return { kind: 'stop', reason: `${reason} Check --url.` };
      return { kind: 'unavailable', reason, retryAfterMs: undefined, mayBeStored: !error.neverSent };
    }
  }

  private checkPatience(verdict: Extract<Verdict, { kind: 'busy' | 'unavailable' }>): void {
    const reason = verdict.kind === 'busy' ? 'The service is too busy to take events (429).' : verdict.reason;
    if (verdict.kind === 'busy') this.patience.busy();
    else this.patience.failed(reason);
    if (this.patience.exhausted()) throw new CommandError(`${reason} Gave up waiting for it.`);
  }

  /** Something on the way takes less than the service does (proxies have limits of their own). */
  private async sendHalves(batch: Sent, signal: AbortSignal): Promise<BatchOutcome> {
    if (batch.events.length === 1) {
      const rejected = { line: batch.lines[0] as number, reason: 'is too large for the service (413)' };
      return { accepted: 0, duplicates: 0, rejected: [rejected], sentAgain: false };
    }
    const middle = Math.ceil(batch.events.length / 2);
    const first = await this.send(
      { events: batch.events.slice(0, middle), lines: batch.lines.slice(0, middle) },
      signal,
    );
    const second = await this.send({ events: batch.events.slice(middle), lines: batch.lines.slice(middle) }, signal);
    return {
      accepted: first.accepted + second.accepted,
      duplicates: first.duplicates + second.duplicates,
      rejected: [...first.rejected, ...second.rejected],
      sentAgain: first.sentAgain || second.sentAgain,
    };
  }
}

function withLines(
  rejected: { index: number; eventId?: string | undefined; reason: string }[],
  batch: Sent,
): RejectedLine[] {
  return rejected.map(({ index, eventId, reason }) => ({ line: batch.lines[index] ?? 0, eventId, reason }));
}

function stopMessage(reason: string, batch: Sent): string {
  const first = batch.lines[0];
  const last = batch.lines.at(-1);
  return first === undefined ? reason : `${reason} (sending lines ${first} to ${last})`;
}
