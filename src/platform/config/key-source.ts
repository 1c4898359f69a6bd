import type { AuthConfig, JwtAlgorithm } from './app-config.js';
import type { ConfigurationProblem } from './configuration-error.js';
import type { SettingValues } from './settings.js';

/** As many bytes as HS256 puts out: a shorter secret is the weakest part of the token (RFC 7518, 3.2). */
const SECRET_MIN_LENGTH = 32;

export interface KeySource {
  readonly auth: AuthConfig;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly string[];
}

/** Which key checks the tokens: the settings of `JWT_*` have to fit together, and to be strong enough for production. */
export function resolveKeySource(values: SettingValues): KeySource {
  const production = values.NODE_ENV === 'production';
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl } = values;
  const algorithm: JwtAlgorithm = values.JWT_ALGORITHM ?? (jwksUrl ? 'RS256' : 'HS256');
  const problems: ConfigurationProblem[] = [];
  const warnings: string[] = [];
  const complain = (name: string, message: string): number => problems.push({ name, message });

  if (secret && jwksUrl && !values.JWT_ALGORITHM) {
    complain('JWT_ALGORITHM', 'must be set when both JWT_SECRET and JWT_JWKS_URL are: it says which of them counts');
  } else if (algorithm === 'HS256' && jwksUrl && !secret) {
    complain('JWT_ALGORITHM', 'must be RS256 or ES256 with JWT_JWKS_URL; HS256 needs JWT_SECRET');
  } else if (algorithm !== 'HS256' && !jwksUrl) {
    complain('JWT_ALGORITHM', `must be HS256 without JWT_JWKS_URL, where the keys of ${algorithm} come from`);
  } else if (production && !secret && !jwksUrl) {
    complain('JWT_SECRET', 'must be set with NODE_ENV=production, unless JWT_JWKS_URL is');
  }
  if (algorithm === 'HS256' && secret && secret.length < SECRET_MIN_LENGTH) {
    const message = `must have at least ${SECRET_MIN_LENGTH} characters`;
    if (production) complain('JWT_SECRET', `${message} with NODE_ENV=production`);
    else warnings.push(`JWT_SECRET ${message} in production; this one is shorter.`);
  }
  if (production && algorithm !== 'HS256' && jwksUrl?.startsWith('http:')) {
    warnings.push('JWT_JWKS_URL is not https: whoever can change that answer can sign tokens.');
  }
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = values;
  return {
    auth: { ...(algorithm === 'HS256' ? { secret } : { jwksUrl }), algorithm, issuer, audience },
    problems,
    warnings,
  };
}
