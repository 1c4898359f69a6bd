import { CommanderError } from 'commander';
import { DomainError } from '../errors/index.js';
import { CommandError } from './command-error.js';
import { ExitCode } from './exit-code.js';

/**
 * Runs a command's main function: its answer becomes the exit status, an expected error one line on stderr, and an
 * unexpected one a stack trace. `signal` is aborted by the first SIGINT or SIGTERM, so that the command can put its
 * state in order; a second one ends the process at once.
 */
export async function runCommand(main: (signal: AbortSignal) => Promise<ExitCode>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(ExitCode.interrupted);
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);
  try {
    process.exitCode = await main(interruption.signal);
  } catch (error) {
    process.exitCode = report(error, interruption.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Whoever read the output has seen enough (`… | head -1`); the work goes on without a reader. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function report(error: unknown, interruption: AbortSignal): ExitCode {
  // commander has written its own message (or the help text) already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error === interruption.reason && interruption.aborted) {
    process.stderr.write('Interrupted.\n');
    return ExitCode.interrupted;
  }
  if (error instanceof DomainError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return error instanceof CommandError ? error.exitCode : ExitCode.failed;
}
