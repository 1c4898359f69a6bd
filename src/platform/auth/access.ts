import { SetMetadata, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from './principal.js';

/** Who may use a route: everybody, or whoever has one of these roles. An admin may use every route. */
export type Access = 'public' | readonly Role[];

const ACCESS = 'auth:access';

/** The route needs no token. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata<string, Access>(ACCESS, 'public');

/** The route is for these roles, and for admins. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator => SetMetadata<string, Access>(ACCESS, roles);

/** What the route declares, the method before its class; `undefined` where neither says anything. */
export function declaredAccess(reflector: Reflector, context: ExecutionContext): Access | undefined {
  return reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]);
}
