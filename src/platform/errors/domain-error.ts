/** What went wrong with one field of an input: where it is, and what to do about it. */
export interface FieldError {
  /** Path in the sender's own words, e.g. `events[3].duration_ms`. */
  path: string;
  message: string;
}

/**
 * An error of the domain. It knows nothing of HTTP: `code` is stable and kebab-case, and one table at the edge
 * (`platform/http`) maps it to a status.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The input breaks the contract; `errors` names every field that does. Nothing was changed. */
export class InvalidInputError extends DomainError {
  readonly code = 'invalid-input';

  constructor(
    readonly errors: FieldError[],
    message = 'The request is not valid; see errors for each field.',
  ) {
    super(message);
  }
}

export class NotFoundError extends DomainError {
  readonly code = 'not-found';
}

export class ConflictError extends DomainError {
  readonly code = 'conflict';
}

/** The caller's version of the object is not the stored one any more: read it again, then retry. */
export class StaleVersionError extends DomainError {
  readonly code = 'stale-version';
}

/** A bounded queue is full. Nothing of the request was taken; the same request may be sent again. */
export class OverloadedError extends DomainError {
  readonly code = 'overloaded';

  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** Something the answer needs (database, queue, …) is down. */
export class DependencyUnavailableError extends DomainError {
  readonly code = 'dependency-unavailable';

  constructor(
    readonly dependency: string,
    readonly retryAfterSeconds: number,
    { message, ...options }: ErrorOptions & { readonly message?: string } = {},
  ) {
    super(message ?? `The ${dependency} is not reachable right now; try again in ${retryAfterSeconds} s.`, options);
  }
}

/** Something the answer needs is there, but has been busy with other requests for as long as this one could wait. */
export class DependencyBusyError extends DependencyUnavailableError {
  constructor(dependency: string, retryAfterSeconds: number, options?: ErrorOptions) {
    const message = `The service is busy: too many requests wait for the ${dependency}; try again in ${retryAfterSeconds} s.`;
    super(dependency, retryAfterSeconds, { ...options, message });
  }
}
