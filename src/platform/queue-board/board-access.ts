import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForbiddenError, rememberPrincipal, TokenAuthenticator, UnauthenticatedError } from '../auth/index.js';
import type { Principal } from '../auth/index.js';
import { AppConfig } from '../config/index.js';
import { RateLimitGuard } from '../http/index.js';
import { Logger } from '../logging/index.js';
import { BoardCookie } from './board-cookie.js';
import { isCrossSite } from './cross-site.js';
import { signInPage } from './sign-in-page.js';

/** Lets admins in: scripts by their bearer header, browsers by the cookie they got for a token. */
@Injectable()
export class BoardAccess {
  readonly cookie: BoardCookie;
  private readonly publicUrl?: string;
  private readonly log: Logger;

  constructor(
    { http }: AppConfig,
    private readonly authenticator: TokenAuthenticator,
    readonly rateLimit: RateLimitGuard,
    logger: Logger,
  ) {
    this.publicUrl = http.publicUrl;
    this.cookie = new BoardCookie(http.publicUrl?.startsWith('https:') ?? false);
    this.log = logger.child('queue-board');
  }

  /** An `onRequest` hook. Strangers with a browser get the form that lets them in. */
  readonly check = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    try {
      const principal = await this.admitOrCount(request, reply);
      if (request.method !== 'GET' && request.method !== 'HEAD') this.record(request, principal);
      return undefined;
    } catch (error) {
      if (!(error instanceof UnauthenticatedError) || !wantsPage(request)) throw error;
      return sendSignInPage(reply, 401);
    }
  };

  /** @throws ForbiddenError when another site's page sends it, or the token is no admin's */
  async admitToken(token: string, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    this.refuseCrossSite(request);
    request.headers.authorization = `Bearer ${token}`;
    const principal = await this.authenticator.authenticate(request, reply);
    if (principal.roles.includes('admin')) return principal;
    throw new ForbiddenError('The queues are for admins; the token has another role.');
  }

  /** Admins have the limit of their other requests, strangers one per address. */
  private async admitOrCount(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const principal = await this.admit(request, reply).catch(async (error: unknown) => {
      await this.rateLimit.takeForAddress(request, reply, 'board');
      throw error;
    });
    await this.rateLimit.take(request, reply);
    return principal;
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const token = bearerOf(request) ?? this.cookie.read(request);
    if (token === undefined) throw new UnauthenticatedError('Sign in, or send a bearer token of an admin.');
    const principal = await this.admitToken(token, request, reply);
    rememberPrincipal(request, principal);
    return principal;
  }

  /** A page elsewhere can send requests here, and with SameSite a neighbour's page would even send the cookie along. */
  private refuseCrossSite(request: FastifyRequest): void {
    const isPlainRead = request.method === 'GET' || request.method === 'HEAD';
    if (isPlainRead || !isCrossSite(request.headers, this.publicUrl)) return;
    throw new ForbiddenError('This was sent by a page of another site.');
  }

  private record({ method, url }: FastifyRequest, { sub }: Principal): void {
    this.log.info('Somebody changed the queues from the board.', { sub, method, path: url });
  }
}

export function sendSignInPage(reply: FastifyReply, status: 401 | 403 | 400, refusal?: string): FastifyReply {
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="analytics"');
  return reply.code(status).type('text/html; charset=utf-8').send(signInPage(refusal));
}

function wantsPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}
