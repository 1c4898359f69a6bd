import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { AppConfig } from '../config/index.js';
import { UnauthenticatedError } from './auth-errors.js';
import { principalOf } from './claims.js';
import type { Principal } from './principal.js';
import { readTokenHeader } from './token-shape.js';
import { VerificationKeys } from './verification-keys.js';

/** Clocks of two machines may differ by this much. */
export const LEEWAY_SECONDS = 30;

export interface VerifiedToken {
  readonly principal: Principal;
  /** When it stops holding, the leeway included. */
  readonly endsAtMs: number;
}

/** Checks a bearer token: one algorithm, signature, times, issuer and audience where configured, and the claims we need. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor({ auth }: AppConfig, keys: VerificationKeys) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: keyProvider(keys),
      algorithms: [auth.algorithm],
      issuer: auth.issuer,
      audience: auth.audience,
      jsonWebTokenOptions: { clockTolerance: LEEWAY_SECONDS },
    });
  }

  validate(payload: { exp: number }): VerifiedToken {
    const principal = principalOf(payload);
    return { principal, endsAtMs: (payload.exp + LEEWAY_SECONDS) * 1000 };
  }
}

function keyProvider(keys: VerificationKeys): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    const header = readTokenHeader(token);
    if (header === undefined) return done(new UnauthenticatedError('The token is not a JWT.', 'invalid_token'));
    // Extensions that must be understood (RFC 7515, 4.1.11), and we understand none.
    if ('crit' in header)
      return done(new UnauthenticatedError('The token uses extensions we do not know.', 'invalid_token'));
    keys
      .keyFor(header.kid)
      // The types only know texts; a KeyObject saves parsing the key for every token.
      .then((key) => done(null, key as unknown as string))
      // Also what the library throws in this callback of its own: unhandled, it would end the process.
      .catch((error: unknown) => done(error));
  };
}
