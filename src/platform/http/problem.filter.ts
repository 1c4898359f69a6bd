import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors/index.js';
import { Logger } from '../logging/index.js';
import type { ForeignErrors } from './foreign-errors.js';
import { answerOfDomainError } from './problem-table.js';
import { PROBLEM_TYPE, problemOf, type ProblemAnswer } from './problem.js';

const UNEXPECTED: ProblemAnswer = {
  code: 'internal-error',
  status: 500,
  detail: 'An unexpected error happened. It is logged under the correlation id.',
};

/** Writes every error as problem+json: those of the domain by the table, Nest's and Fastify's by their status. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** Set once the application is built; the filter is needed before. */
  foreignErrors?: ForeignErrors;

  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.foreignErrors?.translate(thrown) ?? thrown;
    const answer = answerOf(error);
    const problem = problemOf(answer, request.raw.url ?? '/', request.id);
    if (answer.status >= 500) this.log(error, answer, request);
    // Nothing can be said any more to a client that is being sent an answer already.
    if (reply.sent || reply.raw.headersSent) return;
    // Fastify would hang up on a body it did not read to its end, and the sender would see a broken connection instead of
    // this answer. Node reads the rest and drops it.
    reply.removeHeader('connection');
    const headers = { ...answer.headers, 'x-correlation-id': request.id, 'cache-control': 'no-store' };
    reply.code(answer.status).headers(headers).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  }

  private log(err: unknown, { status, code }: ProblemAnswer, { id, method, routeOptions }: FastifyRequest): void {
    const fields = { err, status, code, correlation_id: id, method, route: routeOptions?.url };
    if (status === 503) this.logger.warn('Answered 503.', fields);
    else this.logger.error('A request failed unexpectedly.', fields);
  }
}

function answerOf(error: unknown): ProblemAnswer {
  if (error instanceof DomainError) return answerOfDomainError(error) ?? UNEXPECTED;
  const status = error instanceof HttpException ? error.getStatus() : statusOfFastifyError(error);
  if (status === undefined || status >= 500) return UNEXPECTED;
  const { message } = error as Error;
  return { code: codeOfStatus(status), status, detail: status === 415 ? `${message}. ${SEND_JSON}` : message };
}

/** Fastify's own refusals carry their status; any other error with a `statusCode` is none of ours to repeat. */
function statusOfFastifyError(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined;
  const isFastifys = typeof error.code === 'string' && error.code.startsWith('FST_');
  return isFastifys && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

const SEND_JSON = 'Send JSON in UTF-8, with content-type: application/json.';

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
};

function codeOfStatus(status: number): string {
  return CODES[status] ?? 'malformed-request';
}
