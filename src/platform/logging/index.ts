export { announce } from './announce.js';
export { LoggingModule } from './logging.module.js';
export { LogOutput, logOutput, type LogLoss } from './log-output.js';
export { Logger, type LogFields } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { withoutSecrets } from './without-secrets.js';
