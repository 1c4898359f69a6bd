import type { AuthConfig, JwtAlgorithm } from './app-config.js';
import type { ConfigurationProblem } from './configuration-error.js';
import type { SettingValues } from './settings.js';

/** As many bytes as HS256 puts out: a shorter secret is the weakest part of the token (RFC 7518, 3.2). */
const SECRET_MIN_LENGTH = 32;

const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;

export interface KeySource {
  readonly auth: AuthConfig;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly string[];
}

/** Which key checks the tokens: the settings of `JWT_*` have to fit together, and to be strong enough for production. */
export function resolveKeySource(values: SettingValues): KeySource {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = values;
  const algorithm: JwtAlgorithm = values.JWT_ALGORITHM ?? (jwksUrl ? 'RS256' : 'HS256');
  const key = algorithm === 'HS256' ? { secret } : { jwksUrl };
  const auth = { ...key, algorithm, issuer, audience };
  const misfit = misfitOf(values, algorithm);
  const weakness = weaknessOf(auth);
  if (!weakness) return { auth, problems: misfit ? [misfit] : [], warnings: [] };
  const isRefused = values.NODE_ENV === 'production' && weakness.name === 'JWT_SECRET';
  const problems = [misfit, isRefused ? weakness : undefined].filter((problem) => problem !== undefined);
  return { auth, problems, warnings: isRefused ? [] : [`${weakness.name} ${weakness.message}.`] };
}

function misfitOf(values: SettingValues, algorithm: JwtAlgorithm): ConfigurationProblem | undefined {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl } = values;
  const misfit = (name: string, message: string): ConfigurationProblem => ({ name, message });
  if (secret && jwksUrl && !values.JWT_ALGORITHM) {
    return misfit(
      'JWT_ALGORITHM',
      'must be set when both JWT_SECRET and JWT_JWKS_URL are: it says which of them counts',
    );
  }
  if (algorithm !== 'HS256') {
    const message = `must be HS256 without JWT_JWKS_URL, where the keys of ${algorithm} come from`;
    return jwksUrl ? undefined : misfit('JWT_ALGORITHM', message);
  }
  if (secret) return undefined;
  if (jwksUrl) return misfit('JWT_ALGORITHM', 'must be RS256 or ES256 with JWT_JWKS_URL; HS256 needs JWT_SECRET');
  const isMadeUp = values.NODE_ENV !== 'production';
  return isMadeUp ? undefined : misfit('JWT_SECRET', 'must be set with NODE_ENV=production, unless JWT_JWKS_URL is');
}

/** What a thoughtful operator would not do: refused or only warned of. */
function weaknessOf({ secret, jwksUrl }: AuthConfig): ConfigurationProblem | undefined {
  if (secret && secret.length < SECRET_MIN_LENGTH) {
    return { name: 'JWT_SECRET', message: `must have at least ${SECRET_MIN_LENGTH} characters in production` };
  }
  const isOpen = jwksUrl?.startsWith('http:') && !LOOPBACK.test(new URL(jwksUrl).hostname);
  if (!isOpen) return undefined;
  return { name: 'JWT_JWKS_URL', message: 'is not https: whoever can change that answer can sign tokens' };
}
