import type { Principal } from './principal.js';

/** Checking a signature again within this time tells nothing new; it also bounds how long a withdrawn key goes on. */
const REMEMBER_MS = 30_000;
/** Tokens of a provider that packs everything into claims are checked each time rather than kept. */
const TOKEN_MAX_LENGTH = 4096;
const CAPACITY = 1000;

interface Entry {
  readonly principal: Principal;
  readonly untilMs: number;
}

/**
 * Principals of tokens that were verified a moment ago, so that a busy sender's signature is not computed per request.
 * Only good tokens get in, hence strangers cannot push others out.
 */
export class VerifiedTokens {
  private readonly entries = new Map<string, Entry>();

  get(token: string, nowMs: number): Principal | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    if (nowMs < entry.untilMs) return entry.principal;
    this.entries.delete(token);
    return undefined;
  }

  /** @param endsAtMs when the token itself stops holding */
  set(token: string, principal: Principal, nowMs: number, endsAtMs: number): void {
    if (token.length > TOKEN_MAX_LENGTH) return;
    if (this.entries.size >= CAPACITY) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(token, { principal, untilMs: Math.min(nowMs + REMEMBER_MS, endsAtMs) });
  }
}
