import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** What Nest says of every route and module at each start: of interest to a developer only. */
const WIRING = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Lets Nest and its modules write through the service's own logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const fields = fieldsOf(rest);
    if (WIRING.has(String(fields.component))) this.logger.debug(String(message), fields);
    else this.logger.info(String(message), fields);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(String(message), fieldsOf(rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const fields = message instanceof Error ? { ...fieldsOf(rest), err: message } : fieldsOf(rest);
    this.logger.error(message instanceof Error ? message.message : String(message), fields);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), fieldsOf(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), fieldsOf(rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest passes the stack (errors only) and the context as trailing texts. */
function fieldsOf(rest: unknown[]): Record<string, unknown> {
  const err = rest.find((part) => part instanceof Error);
  const texts = rest.filter((part) => typeof part === 'string');
  const component = texts.at(-1);
  const stack = texts.length > 1 ? texts[0] : undefined;
  return { ...(component && { component }), ...(stack && { stack }), ...(err && { err }) };
}
