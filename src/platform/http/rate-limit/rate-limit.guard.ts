import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { principalOfRequest } from '../../auth/index.js';
import { endpointConfigOf } from '../endpoint-config.js';
import { RateLimitedError } from '../request-errors.js';

/** `RATE_LIMIT_PER_MINUTE` for every user, over all routes. Runs after authentication: strangers got their 401 already. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return principalOfRequest(request) === undefined || endpointConfigOf(request)?.isRateLimited === false;
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return principalOfRequest(request as unknown as FastifyRequest)?.sub ?? '';
  }

  protected override generateKey(_context: ExecutionContext, user: string): string {
    return user;
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): Promise<void> {
    throw new RateLimitedError(detail.limit, detail.timeToBlockExpire);
  }
}
