import { DomainError } from '../../platform/errors/index.js';

/** What a target sent is not in the text format. Nothing of it is used. */
export class ExpositionError extends DomainError {
  readonly code = 'bad-exposition';

  constructor(
    readonly line: number,
    what: string,
  ) {
    super(`Line ${line} of the exposition ${what}.`);
  }
}
