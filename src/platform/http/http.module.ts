import { Global, Module } from '@nestjs/common';
import { DeclaredInputGuard } from './declared-input.guard.js';
import { Draining } from './draining.js';
import { RateLimitGuard } from './rate-limit.guard.js';

@Global()
@Module({
  providers: [Draining, DeclaredInputGuard, RateLimitGuard],
  exports: [Draining, DeclaredInputGuard, RateLimitGuard],
})
export class HttpModule {}
