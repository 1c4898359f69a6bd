import { DomainError } from '../errors/index.js';

/** No token, or one that does not hold. `reason` tells a bad token from none (RFC 6750, 3.1). */
export class UnauthenticatedError extends DomainError {
  readonly code = 'unauthenticated';

  constructor(
    message: string,
    readonly reason?: 'invalid_token',
  ) {
    super(message);
  }
}

/** The token is good, but its roles do not allow this. */
export class ForbiddenError extends DomainError {
  readonly code = 'forbidden';
}
