import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { settledWithin } from '../deadline/index.js';

/**
 * The longest that an answer waits for the one before it. Then they run side by side: an answer about health may take
 * half a second in all, and gives stored events 350 ms of it.
 */
const PATIENCE_MS = 100;
/**
 * How long an answer waits for more who ask. Without, of those who ask at once the first would be answered alone and the
 * others would wait for two answers, and so on for as long as they keep asking.
 */
const GATHERING_MS = 3;

/**
 * Gives requests of the same URL that come at the same time one answer: a dashboard that many look at costs little more
 * than what one of them costs. An answer is only shared by those who asked before it began, so whatever was accepted
 * before a request was sent can be in its answer; who comes while one runs shares the next. Nothing is kept once it is
 * answered. Only for answers that do not depend on who asks; guards have run before.
 */
@Injectable()
export class SharedAnswers implements NestInterceptor {
  /** What will begin, and what has begun last. */
  private readonly next = new Map<string, Promise<unknown>>();
  private readonly running = new Map<string, Promise<unknown>>();

  intercept(context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>();
    const known = this.next.get(url);
    if (known) return from(known);
    const answer = this.answer(url, handler);
    this.next.set(url, answer);
    return from(answer);
  }

  private async answer(url: string, handler: CallHandler): Promise<unknown> {
    await this.turnOf(url);
    this.next.delete(url);
    const answer = lastValueFrom(handler.handle());
    this.running.set(url, answer);
    try {
      return await answer;
    } finally {
      if (this.running.get(url) === answer) this.running.delete(url);
    }
  }

  /** Comes when the answer before it is there or takes too long, and all that has arrived by then is waiting for it. */
  private async turnOf(url: string): Promise<void> {
    const before = this.running.get(url);
    if (before) await settledWithin(PATIENCE_MS, before.then(ignored, ignored));
    await sleep(GATHERING_MS);
  }
}

function ignored(): void {
  // What became of the answer before does not matter to this one.
}
