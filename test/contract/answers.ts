import type { AppAnswer } from '../support/app.js';

/** What only the inside of the service knows: stacks, SQL, names of its parts. */
const INSIDE =
  /node_modules|\.[jt]s:\d+|\bat [\w.<>]+ \(|QueryFailed|TypeORM|\bSELECT\b.*\bFROM\b|\bpg_\w+|violates|relation "|syntax error at|TypeError|undefined is not/;

/** What is wrong with an answer whatever was asked; `undefined` when nothing is. */
export function faultOf({ status, headers, text, body }: AppAnswer): string | undefined {
  if (status >= 500) return 'a fault';
  if (headers.get('x-correlation-id') === null) return 'no correlation id';
  if (status < 400) return undefined;
  if (INSIDE.test(text)) return 'a leak';
  const isBatchVerdict = status === 422 && headers.get('content-type')?.startsWith('application/json');
  if (isBatchVerdict) return undefined;
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') && body?.status === status;
  return isProblem && body.correlation_id ? undefined : 'no problem+json';
}

export function summary({ status, text }: AppAnswer): string {
  return `${status} ${shown(text)}`;
}

export function shown(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
