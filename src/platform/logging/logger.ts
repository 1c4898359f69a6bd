import { pino, type Logger as Pino } from 'pino';
import { currentCorrelationId } from '../correlation/index.js';
import { withErrorFields } from './error-fields.js';
import { logOutput } from './log-output.js';
import { withoutSecrets } from './without-secrets.js';

/**
 * Facts of a log line beside its message; `err` takes an Error, of which type, message, code, stack and causes are written.
 * Never put a token, a password or a body here.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes structured lines: JSON, one per line, with the correlation id of the request or job that caused them. Never throws: a
 * request does not fail because its log line cannot be written.
 */
export class Logger {
  private constructor(private readonly pino: Pino) {}

  /** A logger that writes to standard output, or to `write`. */
  static create(level: string, write: (line: string) => void = (line) => logOutput.writeLine(line)): Logger {
    return new Logger(
      pino(
        {
          level,
          base: undefined,
          timestamp: pino.stdTimeFunctions.isoTime,
          formatters: { level: (label) => ({ level: label }), log: withErrorFields },
          // Pino's own would write every member that a driver hangs on its error.
          serializers: { err: (fields: unknown) => fields },
          mixin: () => {
            const correlationId = currentCorrelationId();
            return correlationId === undefined ? {} : { correlation_id: correlationId };
          },
          // A line's own correlation id wins over that of the context it is written in.
          mixinMergeStrategy: (fields, mixed) => ({ ...mixed, ...fields }),
        },
        { write: (line: string) => write(withoutSecrets(line)) },
      ),
    );
  }

  /** The same logger, with `component` in each of its lines. */
  child(component: string): Logger {
    return new Logger(this.pino.child({ component }));
  }

  isEnabled(level: 'debug' | 'info'): boolean {
    return this.pino.isLevelEnabled(level);
  }

  debug(message: string, fields?: LogFields): void {
    this.log('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.log('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.log('error', message, fields);
  }

  private log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
    try {
      this.pino[level](fields, message);
    } catch (error) {
      logOutput.lost(error);
    }
  }
}
