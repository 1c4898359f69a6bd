import jsonwebtoken from 'jsonwebtoken';
import type { AppConfig } from '../config/index.js';
import { DomainError } from '../errors/index.js';
import type { Principal } from './principal.js';
import { loadOrCreateSecret } from './secret-file.js';

export class TokenNotIssuedError extends DomainError {
  readonly code = 'token-not-issued';
}

/**
 * A token of this service's own making, signed with its secret.
 * @throws TokenNotIssuedError when tokens come from an identity provider
 */
export async function issueToken(config: AppConfig, who: Principal, lifetimeSeconds: number): Promise<string> {
  const { auth, database } = config;
  if (auth.jwksUrl) {
    throw new TokenNotIssuedError(
      `Tokens are signed by the identity provider behind JWT_JWKS_URL (${auth.algorithm}); get one there.`,
    );
  }
  const secret = auth.secret ?? (await loadOrCreateSecret(database.dataDir));
  return jsonwebtoken.sign({ roles: who.roles, ...(who.teams.length > 0 && { teams: who.teams }) }, secret, {
    algorithm: 'HS256',
    subject: who.sub,
    expiresIn: lifetimeSeconds,
    ...(auth.issuer !== undefined && { issuer: auth.issuer }),
    ...(auth.audience !== undefined && { audience: auth.audience }),
  });
}
