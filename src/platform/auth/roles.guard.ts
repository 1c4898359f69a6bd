import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { declaredAccess } from './access.js';
import { ForbiddenError } from './auth-errors.js';
import { principalOfRequest } from './request-principal.js';

/** Deny is the default: a route that declares no roles is for admins only. Runs after the `JwtAuthGuard`. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = declaredAccess(this.reflector, context);
    if (access === 'public') return true;
    const roles = principalOfRequest(context.switchToHttp().getRequest<FastifyRequest>())?.roles ?? [];
    if (roles.some((role) => role === 'admin' || access?.includes(role))) return true;
    const needed = [...new Set([...(access ?? []), 'admin'])].join(' or ');
    throw new ForbiddenError(`This needs the role ${needed}; the token has ${roles.join(', ') || 'none'}.`);
  }
}
