import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../../auth/index.js';
import { endpointConfigOf } from '../endpoint-config.js';
import { RateLimitedError } from '../request-errors.js';
import { MINUTE_MS } from './rate-limiter.js';

/** A supervisor that is refused would take the process for dead; it asks a hundred times a second at most. */
const PROBES_PER_MINUTE = 6_000;

/** What an address is counted for by itself: readers of the docs cannot use up what the probes of a balancer need. */
export type PublicPart = 'docs' | 'probes' | 'board';

/**
 * `RATE_LIMIT_PER_MINUTE` for every user over all routes, and for every address on the public ones. Runs after
 * authentication: strangers got their 401 already.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** Takes the request out of its user's bucket; undefined where there is nothing to wait for. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const perMinute = Number(this.throttlers[0]?.limit ?? 0);
    const user = principalOfRequest(request)?.sub;
    if (perMinute === 0 || user === undefined) return undefined;
    return this.takeFor(user, perMinute, reply);
  }

  /** Takes the request out of the bucket of its peer's address, where nobody has signed in. */
  async takeForAddress(request: FastifyRequest, reply: FastifyReply, part: PublicPart): Promise<void> {
    const perMinute = Number(this.throttlers[0]?.limit ?? 0);
    if (perMinute === 0) return;
    const limit = part === 'probes' ? Math.max(perMinute, PROBES_PER_MINUTE) : perMinute;
    // No user's name: a `sub` has no control characters.
    await this.takeFor(`\u0001${part} ${request.ip}`, limit, reply);
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const endpoint = endpointConfigOf(request);
    if (principalOfRequest(request) === undefined) return endpoint?.isPublic !== true;
    return endpoint?.isRateLimited === false;
  }

  protected override async handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    if (principalOfRequest(request) === undefined) await this.takeForAddress(request, reply, 'probes');
    else await this.take(request, reply);
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
