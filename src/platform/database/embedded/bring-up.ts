import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseOpenError } from '../database-open-error.js';
import { pidFilePath, readPidFile, type PidFile } from './pid-file.js';
import { findFreePort, rememberedPort, rememberPort } from './ports.js';
import { probe } from './probe.js';
import { isAlive } from './processes.js';
import type { ServerContext } from './server-context.js';
import { endOrphans, isServerOf } from './server-identity.js';
import { startServer, type StartFailure } from './start-server.js';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** What stands between us and a running server. */
type Obstacle = StartFailure | 'busy';

/** How long an obstacle may stay the same. A server that recovers from a crash replays up to 2 GB first. */
const PATIENCE_MS: Record<Obstacle, number> = {
  broken: 0,
  busy: 600_000,
  'already-running': 60_000,
  'old-processes': 60_000,
  'port-taken': 60_000,
};
const RETRY_MS = 100;
/** Processes of a dead server end by themselves at once, unless they are busy. */
const ORPHAN_GRACE_MS = 1_500;

const EXPLANATIONS: Record<Obstacle, string> = {
  busy: 'its server is alive, but does not answer',
  'already-running': 'another server is said to be running on it',
  'old-processes': 'processes of its last server are still alive; end them',
  'port-taken': 'its port is taken by another program',
  broken: 'its server does not start',
};

/**
 * Sees to it that the server runs: takes over one that outlived its app, waits for one that is on its way up or down,
 * starts one where there is none.
 * @param fixedPort the port it has to have, because clients know it; without it the last one is preferred
 * @throws DatabaseOpenError when waiting does not help; the signal's reason when aborted
 */
export async function bringUp(context: ServerContext, signal: AbortSignal, fixedPort?: number): Promise<RunningServer> {
  const patience = new Patience(context);
  let port = fixedPort ?? (await rememberedPort(context.paths)) ?? (await findFreePort());
  for (;;) {
    signal.throwIfAborted();
    const step = (await takeOver(context)) ?? (await start(context, port, signal));
    if ('pid' in step) {
      await rememberPort(context.paths, step.port);
      return step;
    }
    if (step.obstacle === 'port-taken' && fixedPort === undefined) port = await findFreePort();
    await patience.endure(step);
    await sleep(RETRY_MS);
  }
}

/** Waits for an obstacle to go away, for as long as that obstacle deserves. */
class Patience {
  private current: { obstacle: Obstacle; since: number } | undefined;

  constructor(private readonly context: ServerContext) {}

  async endure({ obstacle, reason }: Hindrance): Promise<void> {
    if (this.current?.obstacle !== obstacle) {
      this.current = { obstacle, since: Date.now() };
      this.context.log.info('Waiting for the embedded database.', { because: EXPLANATIONS[obstacle] });
    }
    const waitedMs = Date.now() - this.current.since;
    if (waitedMs >= PATIENCE_MS[obstacle]) throw new DatabaseOpenError(explain(this.context, obstacle, reason));
    if (obstacle === 'old-processes' && waitedMs >= ORPHAN_GRACE_MS) await this.endOrphans();
  }

  private async endOrphans(): Promise<void> {
    const ended = await endOrphans(this.context.paths.data);
    if (ended > 0) this.context.log.warn('Ended processes that outlived their database server.', { processes: ended });
  }
}

interface Hindrance {
  readonly obstacle: Obstacle;
  readonly reason?: string;
}

type Step = RunningServer | Hindrance;

/** @returns undefined when there is no server, so that one is to be started */
async function takeOver(context: ServerContext): Promise<Step | undefined> {
  const { paths, log } = context;
  const file = await readPidFile(paths.data);
  if (!file || !isAlive(file.pid)) return undefined;
  if (file.port && (await probe(paths, file.port)) === 'ours') {
    log.info('Took over the running embedded database.', { pid: file.pid, port: file.port });
    return { pid: file.pid, port: file.port };
  }
  if (await isServerOf(file.pid, paths.data)) return { obstacle: 'busy' };
  log.warn('Removing a stale postmaster.pid: its process is no database server.', { pid: file.pid });
  await removeStale(paths.data, file);
  return undefined;
}

/**
 * The server itself distrusts a pid file whose process is alive, whatever it is. Removing it is safe even if we were
 * wrong: a second server on the same data finds the first one's shared memory and refuses.
 */
async function removeStale(data: string, stale: PidFile): Promise<void> {
  const path = pidFilePath(data);
  if ((await readFile(path, 'utf8').catch(() => '')) === stale.text) await rm(path, { force: true });
}

async function start(context: ServerContext, port: number, signal: AbortSignal): Promise<Step> {
  const outcome = await startServer(context, port, signal);
  if ('failure' in outcome) return { obstacle: outcome.failure, reason: outcome.reason };
  context.log.info('Started the embedded database.', { pid: outcome.pid, port });
  return { pid: outcome.pid, port };
}

function explain({ paths }: ServerContext, obstacle: Obstacle, reason = ''): string {
  const said = reason ? ` It says: ${reason}` : '';
  return (
    `The embedded database in ${paths.cluster} cannot be used: ${EXPLANATIONS[obstacle]}.${said} ` +
    `See ${paths.startLog} and ${paths.logs}; or set DATABASE_URL.`
  );
}
