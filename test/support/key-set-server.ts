import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jsonwebtoken from 'jsonwebtoken';

export interface SigningKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function makeRsaKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

export function makeEcKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

/** A token as an identity provider would sign it. */
export function signWith({ kid, privateKey }: SigningKey, algorithm: 'RS256' | 'ES256' = 'RS256', claims = {}): string {
  return jsonwebtoken.sign({ sub: 'ann', roles: ['admin'], ...claims }, privateKey, {
    algorithm,
    keyid: kid,
    expiresIn: 60,
  });
}

/** An identity provider's key set endpoint, whose answers a test decides. */
export class KeySetServer {
  fetches = 0;
  keys: SigningKey[] = [];
  /** Answers in place of the key set; may do nothing, to hang. */
  answer?: (response: ServerResponse) => void;
  private port = 0;
  private readonly server = createServer((_request, response) => {
    this.fetches++;
    if (this.answer) this.answer(response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: this.keys.map(toJwk) }));
  });

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }

  /** On the port it had before, if it had one. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function toJwk({ kid, publicKey }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
}
