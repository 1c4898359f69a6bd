import type { FastifyReply, FastifyRequest } from 'fastify';
import { rememberPrincipal, type Principal, type TokenAuthenticator } from '../auth/index.js';
import type { AppRole } from '../config/index.js';
import { NotFoundError } from '../errors/index.js';
import type { BodyBudget } from './body-budget.js';
import { endpointConfigOf } from './endpoint-config.js';
import { checkBodyEncoding } from './json-body.js';
import { isOperational, pathOf } from './paths.js';
import { MalformedRequestError, MethodNotAllowedError } from './request-errors.js';
import type { RouteTable } from './route-table.js';

const NOTHING_HERE = 'There is nothing under this path; see /docs.';

export interface RequestGateOptions {
  readonly role: AppRole;
  readonly routes: RouteTable;
  readonly authenticator: TokenAuthenticator;
  readonly bodies: BodyBudget;
}

/**
 * What is decided before a byte of the body is read: whether there is such a route, whether the URL can be read, and
 * who is asking. Strangers cannot make the server hold or parse anything.
 */
export class RequestGate {
  constructor(private readonly options: RequestGateOptions) {}

  /** An `onRequest` hook. Not async: for a sender who was seen a moment ago nothing has to be waited for. */
  readonly onRequest = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      checkHost(request.raw.rawHeaders);
      if (this.answersOptions(request, reply)) return;
      this.checkRoute(request);
      checkUrl(request.raw.url ?? '/');
      const principal = this.authenticate(request, reply);
      if (principal instanceof Promise) {
        principal.then((who) => this.enter(request, reply, who, done)).catch(done);
      } else {
        this.enter(request, reply, principal, done);
      }
    } catch (error) {
      done(error as Error);
    }
  };

  /** OPTIONS says which methods there are. For a preflight the headers of CORS are set already, where CORS is on. */
  private answersOptions(request: FastifyRequest, reply: FastifyReply): boolean {
    if (request.method !== 'OPTIONS') return false;
    const allowed = this.options.routes.methodsOf(request.raw.url ?? '/');
    if (allowed.length === 0) throw new NotFoundError(NOTHING_HERE);
    reply.code(204).header('allow', allowed.join(', ')).send();
    return true;
  }

  private checkRoute(request: FastifyRequest): void {
    const { role, routes } = this.options;
    const url = request.raw.url ?? '/';
    if (role === 'worker' && !isOperational(pathOf(url))) {
      throw new NotFoundError('This process runs jobs only (APP_ROLE=worker).');
    }
    if (!request.is404) return;
    const allowed = routes.methodsOf(url);
    if (allowed.length > 0) throw new MethodNotAllowedError(request.method, allowed);
    throw new NotFoundError(NOTHING_HERE);
  }

  private authenticate(request: FastifyRequest, reply: FastifyReply): undefined | Principal | Promise<Principal> {
    const endpoint = endpointConfigOf(request);
    // Routes without a declaration have the guards of their own, or the global ones.
    if (endpoint === undefined || endpoint.isPublic) return undefined;
    return this.options.authenticator.authenticate(request, reply);
  }

  private enter(
    request: FastifyRequest,
    reply: FastifyReply,
    principal: Principal | undefined,
    done: () => void,
  ): void {
    if (principal !== undefined) rememberPrincipal(request, principal);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      checkBodyEncoding(request);
      this.options.bodies.open(request, reply);
    }
    done();
  }
}

/** Of two, a proxy before us may have taken the other one (RFC 9112, 3.2). */
function checkHost(rawHeaders: readonly string[]): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) throw new MalformedRequestError('The request has more than one Host header.');
}

/** Percent-encodings that are no UTF-8 would silently stay in the values; NUL is in no text of PostgreSQL. */
function checkUrl(url: string): void {
  if (!url.includes('%')) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch (error) {
    throw new MalformedRequestError('The URL holds a percent-encoding that is not UTF-8.', { cause: error });
  }
  if (decoded.includes('\0')) throw new MalformedRequestError('The URL holds a NUL character.');
}
