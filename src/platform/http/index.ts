export { AnswersAtHand } from './answers-at-hand.js';
export { BodyBudget } from './body-budget.js';
export { closeHttpApp, createHttpApp } from './create-http-app.js';
export { Draining } from './draining.js';
export type { EndpointOptions, SchemaObject } from './endpoint-options.js';
export { Endpoint } from './endpoint.decorator.js';
export { UnreadElement } from './json-scanner.js';
export { describeUnread } from './json-text.js';
export { isForwarded } from './forwarding-headers.js';
export { ForeignErrors } from './foreign-errors.js';
export { HttpModule } from './http.module.js';
export { describeApi } from './open-api.js';
export { componentSchema } from './openapi-components.js';
export { listen } from './listen.js';
export {
  decodeCursor,
  encodeCursor,
  isInstantMs,
  pageOf,
  PageQueryDto,
  readSerialPlace,
  readTimePlace,
  readUuidPlace,
  type Page,
} from './pagination.js';
export { bodyFor, type ReadyAnswer } from './ready-answer.js';
export { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
export { QueryInteger } from './query-decorators.js';
export { ListBodyPipe, LongList } from './strict-validation.pipe.js';
