import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import { Clock } from '../clock/index.js';
import { AppConfig } from '../config/index.js';
import { endpointConfigOf } from './endpoint-config.js';
import { RateLimiter } from './rate-limiter.js';
import { RateLimitedError } from './request-errors.js';

/** `RATE_LIMIT_PER_MINUTE` for every user, in this process. Runs after authentication: strangers got their 401 already. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly limiter: RateLimiter;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.limiter = new RateLimiter(config.http.rateLimitPerMinute);
  }

  canActivate(context: ExecutionContext): boolean {
    const perMinute = this.config.http.rateLimitPerMinute;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const user = principalOfRequest(request)?.sub;
    if (perMinute === 0 || user === undefined || endpointConfigOf(request)?.isRateLimited === false) return true;
    const waitMs = this.limiter.take(user, this.clock.now().getTime());
    if (waitMs > 0) throw new RateLimitedError(perMinute, Math.ceil(waitMs / 1000));
    return true;
  }
}
