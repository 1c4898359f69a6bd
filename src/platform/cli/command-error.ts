import { DomainError } from '../errors/index.js';
import { ExitCode } from './exit-code.js';

/** Ends a command with a message for the person at the terminal (what is wrong and what to do), without a stack trace. */
export class CommandError extends DomainError {
  readonly code = 'command-failed';

  constructor(
    message: string,
    readonly exitCode: ExitCode = ExitCode.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
