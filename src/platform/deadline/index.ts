export { FailOpen } from './fail-open.js';
export { DeadlineExceededError, within } from './within.js';
export { LatestAnswers, type DatedAnswer, type LatestAnswersOptions } from './latest-answers.js';
export { settledWithin } from './settled-within.js';
