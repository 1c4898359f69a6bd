import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import passport from 'passport';
import { Clock } from '../clock/index.js';
import { DomainError } from '../errors/index.js';
import { UnauthenticatedError } from './auth-errors.js';
import { JwtStrategy, type VerifiedToken } from './jwt.strategy.js';
import type { Principal } from './principal.js';
import { readTokenHeader } from './token-shape.js';
import { VerifiedTokens } from './verified-tokens.js';

const BEARER = /^bearer +(\S+) *$/i;

/** Finds out who sends a request, by its bearer token. */
@Injectable()
export class TokenAuthenticator {
  private readonly verified = new VerifiedTokens();

  constructor(
    /** Not called here: constructing it registers it with passport under its name. */
    readonly strategy: JwtStrategy,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws UnauthenticatedError without a token, or with one that does not hold
   * @throws DependencyUnavailableError when the keys cannot be had right now
   */
  authenticate(request: FastifyRequest, reply: FastifyReply): Principal | Promise<Principal> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new UnauthenticatedError('Send a bearer token in the Authorization header.');
    const nowMs = this.clock.now().getTime();
    return this.verified.get(token, nowMs) ?? this.verify(token, request, reply, nowMs);
  }

  private async verify(token: string, request: FastifyRequest, reply: FastifyReply, nowMs: number): Promise<Principal> {
    if (readTokenHeader(token) === undefined)
      throw new UnauthenticatedError('The token is not a JWT.', 'invalid_token');
    const { principal, endsAtMs } = await runPassport(request, reply);
    this.verified.set(token, principal, nowMs, endsAtMs);
    return principal;
  }
}

function runPassport(request: FastifyRequest, reply: FastifyReply): Promise<VerifiedToken> {
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, verified: VerifiedToken | false | null, info: unknown): void => {
      if (verified) resolve(verified);
      else reject(refusal(error ?? info));
    };
    const run = passport.authenticate('jwt', { session: false }, answer) as (...args: unknown[]) => void;
    try {
      run(request, reply, (error: unknown) => reject(refusal(error)));
    } catch (error) {
      reject(refusal(error));
    }
  });
}

/** In our own words: the library's messages quote what was expected. */
const REASONS: readonly [RegExp, string][] = [
  [/jwt expired/, 'has expired'],
  [/jwt not active/, 'is not valid yet'],
  [/invalid algorithm|algorithm/, 'is not signed with the configured algorithm'],
  [/signature/, 'has no valid signature'],
  [/audience/, 'is meant for another audience'],
  [/issuer/, 'comes from another issuer'],
];

function refusal(cause: unknown): Error {
  if (cause instanceof DomainError) return cause;
  const message = cause instanceof Error ? cause.message : '';
  const reason = REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? 'is not a valid JWT';
  return new UnauthenticatedError(`The token ${reason}.`, 'invalid_token');
}
