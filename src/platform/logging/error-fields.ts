/** What of an error stands in a log line. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorFields;
  readonly errors?: readonly ErrorFields[];
}

/** Deeper than this it is a cycle. */
const MAX_DEPTH = 5;
const MAX_ERRORS = 10;

/**
 * Type, message, code and stack of an error, and those of its causes and parts. Nothing else: drivers hang their clients,
 * settings and statements on their errors.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!isErrorLike(error)) return { type: typeof error, message: String(error) };
  const { name, message, code, stack, cause, errors } = error;
  const hasParts = Array.isArray(errors) && depth < MAX_DEPTH;
  return {
    type: typeof error.constructor === 'function' ? error.constructor.name || String(name) : String(name),
    message: String(message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof stack === 'string' && { stack }),
    ...(isErrorLike(cause) && depth < MAX_DEPTH && { cause: errorFields(cause, depth + 1) }),
    ...(hasParts && { errors: errors.slice(0, MAX_ERRORS).map((part) => errorFields(part, depth + 1)) }),
  };
}

/** Fields of a line with each error among them as {@link errorFields}. */
export function withErrorFields(fields: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(fields).filter((name) => isErrorLike(fields[name]));
  if (names.length === 0) return fields;
  return { ...fields, ...Object.fromEntries(names.map((name) => [name, errorFields(fields[name])])) };
}

interface ErrorLike {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** `instanceof` does not know errors of another realm. */
function isErrorLike(value: unknown): value is ErrorLike {
  return (
    value instanceof Error || (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value)
  );
}
