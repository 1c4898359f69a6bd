import { UnauthenticatedError } from './auth-errors.js';
import { ROLES, type Principal, type Role } from './principal.js';

/** Room for any identity provider's ids; what is longer is not an id. */
const SUBJECT_MAX_LENGTH = 255;
const CONTROL_CHARACTERS = /\p{Cc}/u;

/**
 * The principal that a token's verified payload describes. Roles we do not know are left out: other services may share
 * the identity provider.
 * @throws UnauthenticatedError when a claim is missing or of the wrong kind
 */
export function principalOf(payload: unknown): Principal {
  if (typeof payload !== 'object' || payload === null) refuse('has no claims');
  const claims = payload as Record<string, unknown>;
  if (typeof claims.exp !== 'number' || !Number.isFinite(claims.exp))
    refuse('has no expiry; the claim exp is required');
  const roles = textsOf(claims, 'roles').filter((role): role is Role => (ROLES as readonly string[]).includes(role));
  return { sub: subjectOf(claims.sub), roles, teams: textsOf(claims, 'teams') };
}

function subjectOf(sub: unknown): string {
  const isId =
    typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_MAX_LENGTH && !CONTROL_CHARACTERS.test(sub);
  return isId ? sub : refuse(`needs a claim sub: a text of 1 to ${SUBJECT_MAX_LENGTH} characters`);
}

function textsOf(claims: Record<string, unknown>, name: 'roles' | 'teams'): string[] {
  const value = Object.hasOwn(claims, name) ? (claims[name] ?? []) : [];
  const isList = Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string');
  return isList ? value : refuse(`has a claim ${name} that is not an array of texts`);
}

function refuse(why: string): never {
  throw new UnauthenticatedError(`The token ${why}.`, 'invalid_token');
}
