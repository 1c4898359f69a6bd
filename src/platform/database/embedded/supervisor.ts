import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionFailure } from '../connection-failure.js';
import type { DatabaseStatus } from '../database-handle.js';
import { DatabaseInUseError } from '../database-open-error.js';
import { bringUp, type RunningServer } from './bring-up.js';
import { MAINTENANCE_DATABASE, serverUrl } from './credentials.js';
import { InstanceLock } from './instance-lock.js';
import type { ServerContext } from './server-context.js';
import { isAlive } from './processes.js';
import { pruneLogs } from './server-logs.js';
import { shutDown } from './shut-down.js';

/** The end of the lock's connection tells of a death at once; looking is for a death that it does not tell of. */
const LOOK_EVERY_MS = 1_000;
const PRUNE_EVERY_LOOKS = 60;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** Keeps the embedded server running on the port it has, and keeps the lock that says that it is ours. */
export class Supervisor {
  private readonly abort = new AbortController();
  private readonly lock = new InstanceLock(() => this.recover());
  private server: RunningServer | undefined;
  private recovery: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private looking: NodeJS.Timeout | undefined;
  private restarts = 0;
  /** Another process took the lock while the server was down: from then on the server is not ours to stop. */
  private displaced = false;

  constructor(private readonly context: ServerContext) {}

  /**
   * @returns the server's port, which stays the same from now on
   * @throws DatabaseInUseError, DatabaseOpenError
   */
  async start(): Promise<number> {
    const { port } = await this.secure();
    let looks = 0;
    this.looking = setInterval(() => {
      if (this.server && !isAlive(this.server.pid)) this.recover();
      if (++looks % PRUNE_EVERY_LOOKS === 0) this.prune();
    }, LOOK_EVERY_MS).unref();
    return port;
  }

  status(): DatabaseStatus {
    const state = this.stopping ? 'stopped' : this.recovery ? 'restarting' : 'running';
    return { state, restarts: this.restarts, pid: this.server?.pid };
  }

  /** Stops the server. May be called again, and while the server is being brought back. */
  stop(): Promise<void> {
    this.stopping ??= this.wind();
    return this.stopping;
  }

  private async wind(): Promise<void> {
    clearInterval(this.looking);
    this.abort.abort();
    await this.recovery;
    // The lock is let go last: before, the next process could take a server that is about to stop.
    if (!this.displaced) await shutDown(this.context);
    await this.lock.release();
    this.context.log.info('Stopped the embedded database.');
  }

  private recover(): void {
    if (this.stopping || this.recovery || !this.server) return;
    this.context.log.warn('The embedded database is gone; bringing it back.', { pid: this.server.pid });
    this.recovery = this.bringBack(this.server).finally(() => {
      this.recovery = undefined;
    });
  }

  private async bringBack(last: RunningServer): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.abort.signal.aborted && !(this.lock.isHeld && isAlive(this.server?.pid ?? 0))) {
      try {
        await this.secure(last.port);
        this.displaced = false;
      } catch (error) {
        if (this.abort.signal.aborted) return;
        this.displaced = error instanceof DatabaseInUseError;
        this.context.log.error('The embedded database could not be brought back yet.', { err: error });
        await sleep(retryMs, undefined, { signal: this.abort.signal }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** A running server with our lock on it. A server that goes away in between was on its way down: once more. */
  private async secure(fixedPort?: number): Promise<RunningServer> {
    const { paths } = this.context;
    for (;;) {
      const server = await bringUp(this.context, this.abort.signal, fixedPort);
      if (this.server && this.server.pid !== server.pid) this.restarts++;
      this.server = server;
      try {
        await this.lock.acquire(await serverUrl(paths, server.port, MAINTENANCE_DATABASE), paths.dataDir);
        return server;
      } catch (error) {
        if (!isConnectionFailure(error)) throw error;
        await sleep(FIRST_RETRY_MS);
      }
    }
  }

  private prune(): void {
    pruneLogs(this.context.paths).catch((error: unknown) => {
      this.context.log.warn('Old log files of the embedded database could not be removed.', { err: error });
    });
  }
}
