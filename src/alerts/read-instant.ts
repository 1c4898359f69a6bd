import { parseInstant } from '../events/index.js';
import { InvalidInputError } from '../platform/errors/index.js';

/** @throws InvalidInputError naming `path` where the text is no instant */
export function readInstant(path: string, text: string): Date {
  const micros = parseInstant(text);
  if (!Number.isNaN(micros)) return new Date(micros / 1_000);
  throw new InvalidInputError([
    { path, message: 'must be an instant of ISO 8601 with offset (in a URL, write + as %2B)' },
  ]);
}
