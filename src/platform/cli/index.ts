export { CommandError } from './command-error.js';
export { ExitCode } from './exit-code.js';
export { formatCount, formatDuration } from './format.js';
export { integerBetween } from './integer-option.js';
export type { ProgressStep } from './pace.js';
export { startProgress, type Progress, type ProgressOptions } from './progress.js';
export { runCommand } from './run-command.js';
