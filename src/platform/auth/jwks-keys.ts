import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../config/index.js';
import { Clock, CLOCK_TOLERANCE_MS } from '../clock/index.js';
import { DependencyUnavailableError } from '../errors/index.js';
import { UnauthenticatedError } from './auth-errors.js';
import { fetchKeySet } from './fetch-key-set.js';
import { signingKeysOf } from './signing-keys.js';
import { VerificationKeys } from './verification-keys.js';

/** A key that was taken back is refused after this long (by the request after the next one). */
const REFRESH_AFTER_MS = 10 * 60_000;
/** Known keys hold while the endpoint is down, but not for ever. */
const FORGET_AFTER_MS = 60 * 60_000;
/** Between two fetches: neither made-up key ids nor a dead endpoint may make us ask on every request. */
const FETCH_PAUSE_MS = 5_000;
const RETRY_AFTER_SECONDS = FETCH_PAUSE_MS / 1000;

/** The signing keys of an identity provider (RFC 7517), kept in memory and fetched anew when they are old or one is missing. */
export class JwksKeys extends VerificationKeys {
  private keys = new Map<string | undefined, KeyObject>();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private lastFailure?: unknown;
  private fetching?: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly algorithm: JwtAlgorithm,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    super();
  }

  async keyFor(kid: string | undefined): Promise<KeyObject> {
    const now = this.clock.now().getTime();
    if (this.fetchedAt > now + CLOCK_TOLERANCE_MS) this.forgetTimes(now);
    const age = now - this.fetchedAt;
    const known = age < FORGET_AFTER_MS ? this.keys.get(kid) : undefined;
    if (known) {
      // In the background: a slow endpoint must not slow down every request of those whose key is known.
      if (age >= REFRESH_AFTER_MS) this.refresh().catch(this.onFailure);
      return known;
    }
    await this.refresh();
    const key = this.keys.get(kid);
    if (this.lastFailure !== undefined) throw unavailable(this.lastFailure);
    if (key) return key;
    throw new UnauthenticatedError(
      'The token is signed with a key that the identity provider does not list.',
      'invalid_token',
    );
  }

  /** They were read from a clock that was ahead: the keys are refreshed at once, and used meanwhile. */
  private forgetTimes(now: number): void {
    this.fetchedAt = now - REFRESH_AFTER_MS;
    this.triedAt = Number.NEGATIVE_INFINITY;
  }

  /** One fetch at a time, and a pause between two of them. Never rejects: the outcome is in `lastFailure`. */
  private async refresh(): Promise<void> {
    if (this.fetching === undefined) {
      const now = this.clock.now().getTime();
      if (now - this.triedAt < FETCH_PAUSE_MS) return;
      this.triedAt = now;
      this.fetching = this.fetch().finally(() => (this.fetching = undefined));
    }
    await this.fetching;
  }

  private async fetch(): Promise<void> {
    try {
      const keys = signingKeysOf(await fetchKeySet(this.url), this.algorithm);
      this.keys = new Map(keys);
      // A token without key id can only mean the one key there is.
      const [only, ...others] = keys;
      if (only && others.length === 0) this.keys.set(undefined, only[1]);
      else this.keys.delete(undefined);
      this.fetchedAt = this.clock.now().getTime();
      this.lastFailure = undefined;
    } catch (error) {
      this.lastFailure = error;
      this.onFailure(error);
    }
  }
}

function unavailable(cause: unknown): DependencyUnavailableError {
  return new DependencyUnavailableError('identity provider', RETRY_AFTER_SECONDS, { cause });
}
