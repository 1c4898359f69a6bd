import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidInputError, type FieldError } from '../errors/index.js';
import { endpointConfigOf } from './endpoint-config.js';
import { shortName } from './request-errors.js';

/** Refuses query parameters and bodies on routes that declare none; where they do, the validation pipe names the unknown. */
@Injectable()
export class DeclaredInputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const endpoint = endpointConfigOf(request);
    if (endpoint === undefined) return true;
    const errors: FieldError[] = [];
    if (!endpoint.takesQuery) errors.push(...unknownNames(request.query, 'is not a known query parameter'));
    if (!endpoint.takesBody) errors.push(...undeclaredBody(request.body));
    if (errors.length > 0) throw new InvalidInputError(errors);
    return true;
  }
}

function undeclaredBody(body: unknown): FieldError[] {
  if (body === undefined || body === null) return [];
  if (typeof body === 'object' && !Array.isArray(body)) return unknownNames(body, 'is not a known field');
  return [{ path: '', message: 'no body is expected here' }];
}

const MAX_ERRORS = 100;

function unknownNames(values: unknown, message: string): FieldError[] {
  const names = Object.keys(values ?? {}).slice(0, MAX_ERRORS);
  return names.map((name) => ({ path: shortName(name), message }));
}
