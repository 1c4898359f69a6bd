import { Global, Module } from '@nestjs/common';
import { DeclaredInputGuard } from './declared-input.guard.js';
import { Draining } from './draining.js';
import { ForeignErrors } from './foreign-errors.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { rateLimitModule } from './rate-limit/rate-limit.module.js';

@Global()
@Module({
  imports: [rateLimitModule],
  providers: [Draining, DeclaredInputGuard, ForeignErrors, RateLimitGuard],
  exports: [Draining, DeclaredInputGuard, ForeignErrors, RateLimitGuard],
})
export class HttpModule {}
