export { FailOpen } from './fail-open.js';
export { DeadlineExceededError, within } from './within.js';
