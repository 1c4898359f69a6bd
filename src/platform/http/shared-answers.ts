import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { defer, finalize, shareReplay, type Observable } from 'rxjs';

/**
 * Gives requests of the same URL that come while one of them is being answered that one's answer: a dashboard that many
 * look at costs what one of them costs. Nothing is kept once it is answered. Only for answers that do not depend on who
 * asks; guards have run before.
 */
@Injectable()
export class SharedAnswers implements NestInterceptor {
  private readonly running = new Map<string, Observable<unknown>>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>();
    const known = this.running.get(url);
    if (known) return known;
    const answer = defer(() => next.handle()).pipe(
      finalize(() => this.running.delete(url)),
      shareReplay({ bufferSize: 1, refCount: false }),
    );
    this.running.set(url, answer);
    return answer;
  }
}
