import type { FastifyRequest } from 'fastify';
import type { BodyLimits } from './body-limits.js';

/** What `@Endpoint` tells the HTTP layer about a route; it travels as the `config` of the Fastify route. */
export interface EndpointConfig {
  readonly isPublic: boolean;
  readonly isRateLimited: boolean;
  readonly takesQuery: boolean;
  readonly takesBody: boolean;
  readonly bodyLimits: BodyLimits;
  /** The handler checks the JSON itself, names that would poison a prototype included. */
  readonly rawJson: boolean;
}

const CONFIG_KEY = 'endpoint';

export function asRouteConfig(config: EndpointConfig): Record<string, EndpointConfig> {
  return { [CONFIG_KEY]: config };
}

/** `undefined` for routes that were not declared with `@Endpoint`, and for unknown ones. */
export function endpointConfigOf(request: FastifyRequest): EndpointConfig | undefined {
  return endpointConfigIn(request.routeOptions?.config);
}

export function endpointConfigIn(routeConfig: unknown): EndpointConfig | undefined {
  return (routeConfig as Record<string, EndpointConfig> | undefined)?.[CONFIG_KEY];
}
