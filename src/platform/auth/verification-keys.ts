import type { KeyObject } from 'node:crypto';

/** Where the keys that tokens are checked with come from. */
export abstract class VerificationKeys {
  /**
   * The key for tokens whose header names `kid`.
   * @throws UnauthenticatedError when there is no such key
   * @throws DependencyUnavailableError when that cannot be found out right now
   */
  abstract keyFor(kid: string | undefined): Promise<KeyObject>;
}

/** One shared secret, whatever the header says. */
export class SharedSecret extends VerificationKeys {
  constructor(private readonly key: KeyObject) {
    super();
  }

  async keyFor(): Promise<KeyObject> {
    return this.key;
  }
}
