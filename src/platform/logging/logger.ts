import { pino, type Logger as Pino } from 'pino';
import { currentCorrelationId } from '../correlation/index.js';
import { withoutSecrets } from './without-secrets.js';

/** Facts of a log line beside its message; `err` takes an Error. Never put a token, a password or a body here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured lines: JSON, one per line, with the correlation id of the request or job that caused them. */
export class Logger {
  private constructor(private readonly pino: Pino) {}

  /** A logger that writes to standard output, or to `write`. */
  static create(level: string, write: (line: string) => void = writeToStdout): Logger {
    return new Logger(
      pino(
        {
          level,
          base: undefined,
          timestamp: pino.stdTimeFunctions.isoTime,
          formatters: { level: (label) => ({ level: label }) },
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
    this.pino.debug(fields ?? {}, message);
  }

  info(message: string, fields?: LogFields): void {
    this.pino.info(fields ?? {}, message);
  }

  warn(message: string, fields?: LogFields): void {
    this.pino.warn(fields ?? {}, message);
  }

  error(message: string, fields?: LogFields): void {
    this.pino.error(fields ?? {}, message);
  }
}

const stdout = pino.destination({ dest: 1, sync: true });

/** Synchronous: the last line before the end of the process is the one that matters. */
function writeToStdout(line: string): void {
  stdout.write(line);
}
