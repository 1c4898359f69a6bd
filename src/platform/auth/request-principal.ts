import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

const PRINCIPAL = Symbol('principal');
type AuthenticatedRequest = FastifyRequest & { [PRINCIPAL]?: Principal };

/** Who sent the request; `undefined` before authentication and on public routes. */
export function principalOfRequest(request: FastifyRequest): Principal | undefined {
  return (request as AuthenticatedRequest)[PRINCIPAL];
}

export function rememberPrincipal(request: FastifyRequest, principal: Principal): void {
  (request as AuthenticatedRequest)[PRINCIPAL] = principal;
}

/** Injects the `Principal` into a controller method's parameter. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOfRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);
