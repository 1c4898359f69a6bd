import compress from '@fastify/compress';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { runWithCorrelationId } from '../correlation/index.js';
import type { Logger } from '../logging/index.js';
import { logRequest } from './access-log.js';
import { answerBrokenRequest } from './broken-request.js';
import { COMPRESS_FROM_BYTES, ENCODINGS } from './compressed-bodies.js';
import { correlationIdOf } from './correlation-id.js';
import { endpointConfigIn } from './endpoint-config.js';
import { parseJsonBody } from './json-body.js';
import type { ProblemFilter } from './problem.filter.js';
import type { RouteTable } from './route-table.js';

/** Time to send the headers, and the whole request: a slow sender holds a connection no longer than this. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Silence on a connection, also while an answer is made. */
const CONNECTION_TIMEOUT_MS = 120_000;
/** Longer than the idle time of common balancers (60 s), so that they, not we, close connections they reuse. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How late a timeout of above may be noticed. */
const TIMEOUT_CHECK_MS = 5_000;
const PATH_PARAMETER_MAX_LENGTH = 1024;

export interface FastifySetup {
  readonly filter: ProblemFilter;
  readonly logger: Logger;
  readonly routes: RouteTable;
  readonly securityHeaders: Readonly<Record<string, string>>;
}

/** The bare HTTP server with the conventions that hold for every route: ids, headers, limits, bodies, compression. */
export async function createFastify(setup: FastifySetup): Promise<FastifyInstance> {
  const server = fastify({
    genReqId: ({ headers }) => correlationIdOf(headers),
    // The peer's address is the client's: nothing forwarded is believed, because nothing depends on it.
    trustProxy: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    // Ids of other systems stand in paths (`/users/{user_id}`), percent-encoded.
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_LENGTH },
    // By then every request has been answered.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      void reply.headers(setup.securityHeaders);
      setup.filter.answer(error, request, reply);
    },
  });
  // Node would answer an unknown Expect by itself, in a form of its own; it may be ignored as well (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  addConventions(server, setup);
  await server.register(compress, {
    global: true,
    globalDecompression: false,
    encodings: ENCODINGS,
    threshold: COMPRESS_FROM_BYTES,
  });
  return server;
}

function addConventions(server: FastifyInstance, { logger, routes, securityHeaders }: FastifySetup): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders).header('x-correlation-id', request.id);
    runWithCorrelationId(request.id, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    logRequest(logger, request, reply);
    done();
  });
  server.addHook('onRoute', (route) => {
    const endpoint = endpointConfigIn(route.config);
    if (endpoint) route.bodyLimit = endpoint.bodyLimits.maxBytes;
  });
  routes.watch(server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
    parseJsonBody(request, body),
  );
}
