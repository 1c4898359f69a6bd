import { DomainError } from '../errors/index.js';

/** The database cannot be used, so nothing can be started. The message says what to do about it. */
export class DatabaseOpenError extends DomainError {
  readonly code = 'database-not-opened';
}

/** A second process wants the embedded database of a folder that a first one is using. */
export class DatabaseInUseError extends DomainError {
  readonly code = 'database-in-use';
}
