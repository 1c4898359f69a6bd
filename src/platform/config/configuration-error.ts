import { DomainError } from '../errors/index.js';

export interface ConfigurationProblem {
  /** The environment variable. */
  name: string;
  /** What is allowed, as a phrase that follows the name: "must be …". */
  message: string;
}

/** The environment cannot be used. `problems` names every bad variable at once, so that one edit puts all right. */
export class ConfigurationError extends DomainError {
  readonly code = 'invalid-configuration';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(
      `The configuration is not valid. Nothing was started.\n${problems.map(({ name, message }) => `  ${name} ${message}`).join('\n')}`,
    );
  }
}
