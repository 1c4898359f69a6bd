import type { FastifyInstance, RouteOptions } from 'fastify';
import { pathOf } from './paths.js';

interface Route {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** Which methods a path has; asked only for requests that no route took. */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Has to come before the routes. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }: RouteOptions) => {
      // Answers preflights of whatever path, and does not make a path of it.
      if (url === '*' || url === '/*') return;
      this.routes.push({ pattern: patternOf(url), methods: [method].flat() });
    });
  }

  methodsOf(url: string): string[] {
    const path = pathOf(url);
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
  }
}

/** A route path in Fastify's notation (`:name`, `*`) as a regular expression over the whole path. */
function patternOf(url: string): RegExp {
  const source = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${source.replaceAll('*', '.*')}$`);
}
