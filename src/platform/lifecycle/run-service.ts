import { DomainError } from '../errors/index.js';
import { withoutSecrets } from '../logging/index.js';
import { boundHeapGrowth } from './heap-growth.js';

/** A part that has to be stopped, in the reverse order of starting. */
export type StopPart = () => Promise<void>;
/** Starts the parts one after the other, and hands in how to stop each as soon as it stands. */
export type StartService = (stopLater: (stop: StopPart) => void) => Promise<void>;

/** Requests in flight, a commit and the database have this long; whoever started us is less patient. */
const STOP_DEADLINE_MS = 30_000;

/**
 * Runs the service until a signal ends it. SIGINT and SIGTERM stop the parts in order, a second one exits at once; a
 * failed start, and an error that was thrown and not caught, are reported on standard error and end with status 1. A
 * promise that was rejected and not handled is reported only: one operation failed, and the others go on.
 */
export async function runService(start: StartService): Promise<void> {
  boundHeapGrowth();
  const service = new Service(start);
  process.on('SIGINT', service.onSignal).on('SIGTERM', service.onSignal);
  // What cannot be written there, e.g. on a full disk, must not end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', service.onUncaught).on('unhandledRejection', service.onRejected);
  await service.run();
}

class Service {
  private readonly parts: StopPart[] = [];
  private started?: Promise<void>;
  private isStarted = false;
  private stopping?: Promise<void>;

  constructor(private readonly start: StartService) {}

  async run(): Promise<void> {
    try {
      this.started = this.start((stop) => this.parts.push(stop));
      await this.started;
      this.isStarted = true;
    } catch (error) {
      report(error);
      await this.stop(1);
    }
  }

  readonly onSignal = (): void => {
    if (this.stopping) process.exit(1);
    this.stop(0).catch(report);
  };

  readonly onUncaught = (error: unknown): void => {
    report(error);
    if (this.stopping) process.exit(1);
    this.stop(1).catch(report);
  };

  readonly onRejected = (error: unknown): void => {
    if (this.isStarted) report(error, 'A promise was rejected and not handled; the service goes on.');
    else this.onUncaught(error);
  };

  private stop(exitCode: number): Promise<void> {
    this.stopping ??= this.stopParts(exitCode);
    return this.stopping;
  }

  private async stopParts(exitCode: number): Promise<void> {
    setTimeout(() => {
      report(new Error(`The service did not stop within ${STOP_DEADLINE_MS / 1000} s.`));
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    // A signal during the start: let the step in progress settle, so that its part can be stopped.
    await this.started?.catch(() => undefined);
    let failed = false;
    for (let stop = this.parts.pop(); stop; stop = this.parts.pop()) {
      await stop().catch((error: unknown) => {
        failed = true;
        report(error);
      });
    }
    process.exit(failed ? 1 : exitCode);
  }
}

/** Expected errors say what to do; of others the stack is what helps. */
function report(error: unknown, introduction?: string): void {
  const text = error instanceof DomainError ? error.message : error instanceof Error ? error.stack : String(error);
  const lines = [introduction, withoutSecrets(String(text))].filter((line) => line !== undefined);
  process.stderr.write(`${lines.join('\n')}\n`);
}
