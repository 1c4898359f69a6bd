import { Global, Module } from '@nestjs/common';
import { AnswersAtHand } from './answers-at-hand.js';
import { BodyBudget } from './body-budget.js';
import { DeclaredInputGuard } from './declared-input.guard.js';
import { Draining } from './draining.js';
import { ForeignErrors } from './foreign-errors.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { rateLimitModule } from './rate-limit/rate-limit.module.js';

@Global()
@Module({
  imports: [rateLimitModule],
  providers: [AnswersAtHand, BodyBudget, Draining, DeclaredInputGuard, ForeignErrors, RateLimitGuard],
  exports: [AnswersAtHand, BodyBudget, Draining, DeclaredInputGuard, ForeignErrors, RateLimitGuard],
})
export class HttpModule {}
