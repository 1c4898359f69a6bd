import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest, type Principal } from '../auth/index.js';
import { CompressedBodies } from './compressed-bodies.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { bodyFor, type ReadyAnswer } from './ready-answer.js';

/** The answer as it is now; undefined when it has to be made, which is not done here. */
export type LookUp = () => ReadyAnswer | undefined;

/** URLs of one sender that are remembered; a page asks for the same few. */
const MAX_URLS = 20;

/**
 * Gives an answer that is at hand without asking the controller again, for the same sender and the same URL. Whether he
 * may have it was decided by the guards and the validation when it was remembered, and hangs on the principal they
 * decided about: with the token verified anew, the next request goes through all of them again.
 */
@Injectable()
export class AnswersAtHand {
  private readonly compressed = new CompressedBodies();
  private readonly known = new WeakMap<Principal, Map<string, LookUp>>();

  constructor(private readonly rateLimit: RateLimitGuard) {}

  /** Called by a route that let this request pass, about reads whose refusal depends on the sender and the URL alone. */
  remember(request: FastifyRequest, lookUp: LookUp): void {
    const principal = principalOfRequest(request);
    if (principal === undefined || !isPlainRead(request)) return;
    const urls = this.known.get(principal) ?? new Map<string, LookUp>();
    if (urls.size < MAX_URLS || urls.has(request.url)) urls.set(request.url, lookUp);
    this.known.set(principal, urls);
  }

  /** A `preHandler` hook: the request has its principal, and its headers of CORS. */
  readonly preHandler = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const answer = this.answerTo(request);
    if (answer === undefined) return done();
    const send = (): void => this.send(request, reply, answer);
    const taking = this.rateLimit.take(request, reply);
    if (taking) taking.then(send).catch(done);
    else send();
  };

  private send(request: FastifyRequest, reply: FastifyReply, answer: ReadyAnswer): void {
    const body = bodyFor(request, reply, answer);
    void reply.send(body && this.compressed.for(request, reply, body));
  }

  private answerTo(request: FastifyRequest): ReadyAnswer | undefined {
    const principal = principalOfRequest(request);
    if (principal === undefined) return undefined;
    const lookUp = this.known.get(principal)?.get(request.url);
    return lookUp && isPlainRead(request) ? lookUp() : undefined;
  }
}

/** A body is refused, so it has to come before those who refuse it. */
function isPlainRead({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}
