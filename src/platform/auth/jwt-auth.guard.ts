import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { declaredAccess } from './access.js';
import { principalOfRequest, rememberPrincipal } from './request-principal.js';
import { TokenAuthenticator } from './token-authenticator.js';

/** Every route that is not public needs a good token. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: TokenAuthenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // Most requests were authenticated before their body was read.
    if (principalOfRequest(request) || declaredAccess(this.reflector, context) === 'public') return true;
    return this.authenticate(request, http.getResponse<FastifyReply>());
  }

  private async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    rememberPrincipal(request, await this.authenticator.authenticate(request, reply));
    return true;
  }
}
