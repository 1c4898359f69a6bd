import { Injectable } from '@nestjs/common';
import { AppConfig, type IngestConfig } from '../platform/config/index.js';
import { translateDatabaseError } from '../platform/database/index.js';
import { DeadlineExceededError } from '../platform/deadline/index.js';
import { DependencyUnavailableError, OverloadedError } from '../platform/errors/index.js';
import { CollectorMetrics } from './collector.metrics.js';
import { EventCommit, type Verdict } from './event-commit.js';
import { IngestPace } from './ingest-pace.js';
import type { EventBatch } from './store/event-batch.js';
import { NoConnectionError } from './store/with-client.js';

const RETRY_AFTER_OVERLOAD_SECONDS = 1;
const RETRY_AFTER_TIMEOUT_SECONDS = 5;
/** With so many waiting, a second commit beside the running one pays; fewer wait for it to end and share the next. */
const ENOUGH_FOR_A_PARALLEL_COMMIT = 1_000;
/** A commit is held in memory twice while it is sent. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

interface Submission {
  readonly batch: EventBatch;
  readonly settle: (verdicts: Verdict[] | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit: requests that arrive while the database is busy share the next commit. Nothing is held back while the
 * database is idle. What waits is bounded; a request is answered only after the commit that holds its events.
 */
@Injectable()
export class GroupCommitWriter {
  private readonly limits: IngestConfig;
  private readonly connections: number;
  private commits = 0;
  /** Commits at once; one after a connection could not be had, until the other has shown that all is well. */
  private parallel: number;
  private waiting: Submission[] = [];
  private waitingEvents = 0;
  private heldEvents = 0;
  private heldBytes = 0;
  private flushing: NodeJS.Immediate | undefined;
  private waitingTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly commit: EventCommit,
    private readonly metrics: CollectorMetrics,
    private readonly pace: IngestPace,
    config: AppConfig,
  ) {
    this.limits = config.ingest;
    this.connections = config.database.writerPoolSize;
    this.parallel = this.connections;
  }

  /** Events that are waiting for a commit or are in one. */
  get depth(): number {
    return this.heldEvents;
  }

  /**
   * Resolves when the batch is durable: `undefined` when all of it is new, else a verdict per event.
   * @throws OverloadedError at once, with nothing taken
   * @throws DependencyUnavailableError the outcome is unknown; sending the same events again is safe
   */
  async write(batch: EventBatch): Promise<Verdict[] | undefined> {
    if (batch.events.length === 0) return undefined;
    this.take(batch);
    try {
      return await new Promise((settle, fail) => {
        this.waiting.push({ batch, settle, fail });
        this.waitingEvents += batch.events.length;
        this.schedule();
      });
    } finally {
      this.heldEvents -= batch.events.length;
      this.heldBytes -= batch.copyText.length;
    }
  }

  private take(batch: EventBatch): void {
    const events = this.heldEvents + batch.events.length;
    const bytes = this.heldBytes + batch.copyText.length;
    if (events > this.limits.queueMaxEvents || bytes > this.limits.queueMaxBytes) {
      this.metrics.overloaded('events');
      throw new OverloadedError(
        'More events are waiting than may; send the batch again.',
        RETRY_AFTER_OVERLOAD_SECONDS,
      );
    }
    this.heldEvents = events;
    this.heldBytes = bytes;
  }

  private schedule(): void {
    if (this.waiting.length === 0 || this.flushing || this.commits >= this.parallel) return;
    if (this.commits === 0 || this.waitingEvents >= ENOUGH_FOR_A_PARALLEL_COMMIT) {
      // Requests that were read in the same turn of the event loop share the commit.
      this.flushing = setImmediate(() => this.flush());
    } else {
      this.waitingTimer ??= setTimeout(() => this.flush(), this.limits.groupCommitMaxWaitMs);
    }
  }

  private flush(): void {
    clearImmediate(this.flushing);
    clearTimeout(this.waitingTimer);
    this.flushing = this.waitingTimer = undefined;
    if (this.waiting.length === 0 || this.commits >= this.parallel) return;
    this.commits++;
    const started = performance.now();
    const settled = (): void => this.rest(performance.now() - started);
    this.run(this.nextGroup()).then(settled, settled);
    this.schedule();
  }

  /** The connection stays taken while the pace says so. */
  private rest(commitMs: number): void {
    const ended = (): void => {
      this.commits--;
      this.schedule();
    };
    const pauseMs = this.pace.pauseMs(commitMs);
    if (pauseMs === 0) return ended();
    setTimeout(ended, pauseMs);
  }

  /** The oldest submissions, at least one, as many as fit into a commit. */
  private nextGroup(): Submission[] {
    let [count, events, bytes] = [0, 0, 0];
    for (const { batch } of this.waiting) {
      events += batch.events.length;
      bytes += batch.copyText.length;
      if (count > 0 && (events > this.limits.groupCommitMaxEvents || bytes > MAX_COMMIT_BYTES)) break;
      this.waitingEvents -= batch.events.length;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async run(group: readonly Submission[]): Promise<void> {
    const finished = this.metrics.commitStarted();
    try {
      const verdicts = await this.commit.run(group.map(({ batch }) => batch));
      let from = 0;
      for (const { batch, settle } of group) settle(verdicts?.slice(from, (from += batch.events.length)));
      finished('committed', from);
      this.parallel = this.connections;
    } catch (error) {
      finished('failed', 0);
      // Nothing was sent, and the other connection is at work: it takes these next. Else nobody is left to take them.
      if (error instanceof NoConnectionError && this.commits > 1) this.putBack(group);
      else this.fail(group, translate(error));
    }
  }

  private putBack(group: readonly Submission[]): void {
    this.parallel = 1;
    this.waiting.unshift(...group);
    for (const { batch } of group) this.waitingEvents += batch.events.length;
  }

  /** Whoever waits for a database that is gone is told so at once. */
  private fail(group: readonly Submission[], error: unknown): void {
    const isGone = error instanceof DependencyUnavailableError;
    const others = isGone ? this.waiting.splice(0) : [];
    if (isGone) this.waitingEvents = 0;
    for (const { fail } of [...group, ...others]) fail(error);
  }
}

function translate(error: unknown): unknown {
  const cause = error instanceof NoConnectionError ? error.cause : error;
  if (cause instanceof DeadlineExceededError) {
    return new DependencyUnavailableError('database', RETRY_AFTER_TIMEOUT_SECONDS, { cause: error });
  }
  return translateDatabaseError(cause);
}
