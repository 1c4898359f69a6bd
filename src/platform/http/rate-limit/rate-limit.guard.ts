import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../../auth/index.js';
import { endpointConfigOf } from '../endpoint-config.js';
import { RateLimitedError } from '../request-errors.js';
import { MINUTE_MS } from './rate-limiter.js';

/** `RATE_LIMIT_PER_MINUTE` for every user, over all routes. Runs after authentication: strangers got their 401 already. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** Takes the request out of its user's bucket; undefined where there is nothing to wait for. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const perMinute = Number(this.throttlers[0]?.limit ?? 0);
    const user = principalOfRequest(request)?.sub;
    if (perMinute === 0 || user === undefined) return undefined;
    return this.takeFor(user, perMinute, reply);
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return principalOfRequest(request) === undefined || endpointConfigOf(request)?.isRateLimited === false;
  }

  protected override async handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    const http = context.switchToHttp();
    await this.take(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return true;
  }

  private async takeFor(user: string, perMinute: number, reply: FastifyReply): Promise<void> {
    const taken = await this.storageService.increment(user, MINUTE_MS, perMinute, MINUTE_MS, 'default');
    void reply.headers({
      'x-ratelimit-limit': perMinute,
      'x-ratelimit-remaining': Math.max(0, perMinute - taken.totalHits),
      'x-ratelimit-reset': taken.timeToExpire,
    });
    if (taken.isBlocked) throw new RateLimitedError(perMinute, taken.timeToBlockExpire);
  }
}
