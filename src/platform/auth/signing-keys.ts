import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../config/index.js';

export interface ListedKey extends JsonWebKey {
  readonly kid?: unknown;
  readonly use?: unknown;
  readonly alg?: unknown;
}

/** What a key has to be for an algorithm (RFC 7518, 3.3 and 3.4). */
const FITS: Readonly<Record<JwtAlgorithm, (key: KeyObject) => boolean>> = {
  HS256: () => false,
  RS256: (key) => key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
  ES256: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
};

/**
 * The keys of a set that check signatures of `algorithm`, by key id. Others, and what cannot be read, are left out: a
 * provider may list keys for other purposes, and kinds that did not exist yet.
 * @throws Error when none is left, which means that the endpoint is not what it should be
 */
export function signingKeysOf(
  listed: readonly ListedKey[],
  algorithm: JwtAlgorithm,
): [string | undefined, KeyObject][] {
  const keys = listed.flatMap((jwk: ListedKey): [string | undefined, KeyObject][] => {
    const isForUs = (jwk.use ?? 'sig') === 'sig' && (jwk.alg ?? algorithm) === algorithm;
    const key = isForUs ? readKey(jwk) : undefined;
    return key && FITS[algorithm](key) ? [[typeof jwk.kid === 'string' ? jwk.kid : undefined, key]] : [];
  });
  if (keys.length === 0) throw new Error(`The key set holds no key that signs with ${algorithm}.`);
  return keys;
}

function readKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}
