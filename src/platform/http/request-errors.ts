import { DomainError } from '../errors/index.js';

/** Longest name of a field or parameter that is repeated to the sender. */
const NAME_MAX_LENGTH = 100;

/** The request breaks HTTP or JSON itself, before any field of it could be looked at. */
export class MalformedRequestError extends DomainError {
  readonly code = 'malformed-request';
}

export class MethodNotAllowedError extends DomainError {
  readonly code = 'method-not-allowed';

  constructor(
    method: string,
    readonly allowed: readonly string[],
  ) {
    super(`${method} is not possible here; ${allowed.join(', ')} is.`);
  }
}

export class BodyTooLargeError extends DomainError {
  readonly code = 'body-too-large';

  static forBytes(maxBytes: number): BodyTooLargeError {
    return new BodyTooLargeError(`The body may have at most ${maxBytes} bytes, after decompression.`);
  }

  /** @param path where the limit was passed, as far as it is known */
  static forCount(limit: string, path: string): BodyTooLargeError {
    const place = path === '' ? '' : `; it has more in ${shortName(path)}`;
    return new BodyTooLargeError(`The body may have ${limit}${place}.`);
  }
}

/** The body is in a format or encoding that is not read here. */
export class UnreadableBodyError extends DomainError {
  readonly code = 'unsupported-media-type';

  constructor(
    message: string,
    /** The header that says what is read (RFC 7694; RFC 9110, 15.5.16). */
    readonly accepts?: Readonly<Record<string, string>>,
  ) {
    super(message);
  }
}

/** The user has sent more requests than a minute allows. */
export class RateLimitedError extends DomainError {
  readonly code = 'rate-limited';

  constructor(
    perMinute: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`More than ${perMinute} requests in a minute; try again in ${retryAfterSeconds} s.`);
  }
}

/** A name out of a request, short enough to send back. */
export function shortName(name: string): string {
  return name.length > NAME_MAX_LENGTH ? `${name.slice(0, NAME_MAX_LENGTH)}…` : name;
}
