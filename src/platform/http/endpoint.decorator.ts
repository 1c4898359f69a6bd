import { applyDecorators, Delete, Get, HttpCode, Post, Put, UseInterceptors, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Public, Roles } from '../auth/index.js';
import { DEFAULT_BODY_LIMITS } from './body-limits.js';
import { asRouteConfig, type EndpointConfig } from './endpoint-config.js';
import { documentEndpoint } from './endpoint-docs.js';
import type { EndpointOptions } from './endpoint-options.js';
import { SharedAnswers } from './shared-answers.js';

const METHODS: Record<EndpointOptions['method'], (path: string) => MethodDecorator> = {
  GET: Get,
  POST: Post,
  PUT: Put,
  DELETE: Delete,
};

/**
 * Declares a controller method as an endpoint: its route, who may use it, what it takes and what the docs say of it.
 * Parameters that the method does not take (`@Query()`, `@Body()`) are refused with 400.
 */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const routeArguments = routeArgumentsOf(target, key);
    const config = configOf(options, new Set(routeArguments.map(({ type }) => type)));
    const body = routeArguments.find(({ type }) => type === (RouteParamtypes.BODY as number));
    applyDecorators(
      METHODS[options.method](options.path ?? ''),
      HttpCode(options.status ?? (options.method === 'DELETE' ? 204 : 200)),
      options.public ? Public() : Roles(...options.roles),
      RouteConfig(asRouteConfig(config)),
      ...(options.shared ? [UseInterceptors(SharedAnswers)] : []),
      documentEndpoint(options, config, body && dtoAt(target, key, body.index)),
    )(target, key, descriptor);
  };
}

function configOf(options: EndpointOptions, argumentTypes: ReadonlySet<number>): EndpointConfig {
  return {
    isPublic: options.public === true,
    isRateLimited: options.rateLimit !== false,
    takesQuery: argumentTypes.has(RouteParamtypes.QUERY),
    takesBody: options.body !== undefined || argumentTypes.has(RouteParamtypes.BODY),
    bodyLimits: { ...DEFAULT_BODY_LIMITS, ...options.body?.limits },
    rawJson: options.body?.raw === true,
  };
}

/** `<type>:<index>`. The names of custom decorators start with random characters, which may look like a type. */
const OWN_ARGUMENT = /^(\d+):(\d+)$/;

interface RouteArgument {
  readonly type: number;
  readonly index: number;
}

/** Parameter decorators are applied before those of their method, so what the method takes is known here. */
function routeArgumentsOf(target: object, key: string | symbol): RouteArgument[] {
  const known: object = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, key) as object) ?? {};
  return Object.keys(known).flatMap((name) => {
    const [, type, index] = OWN_ARGUMENT.exec(name) ?? [];
    return type === undefined ? [] : [{ type: Number(type), index: Number(index) }];
  });
}

/** The class that a parameter is declared as. */
function dtoAt(target: object, key: string | symbol, index: number): Type | undefined {
  const types = Reflect.getMetadata('design:paramtypes', target, key) as readonly Type[] | undefined;
  return types?.[index];
}
