import type { FastifyRequest } from 'fastify';

/** What `@Endpoint` tells the HTTP layer about a route; it travels as the `config` of the Fastify route. */
export interface EndpointConfig {
  readonly isPublic: boolean;
  readonly isRateLimited: boolean;
  readonly takesQuery: boolean;
  readonly takesBody: boolean;
  readonly maxBodyBytes: number;
  /** The handler checks the JSON itself, names that would poison a prototype included. */
  readonly rawJson: boolean;
}

/** What a JSON body of the REST surface may have at most; `POST /events` declares its own limit. */
export const DEFAULT_MAX_BODY_BYTES = 1_048_576;

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
