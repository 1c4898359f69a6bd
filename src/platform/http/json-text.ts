import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidInputError } from '../errors/index.js';
import type { BodyLimits } from './body-limits.js';
import { JsonScanner, type LimitBreach, type LongList, type UnreadElement } from './json-scanner.js';
import { BodyTooLargeError, MalformedRequestError } from './request-errors.js';

/** How much is scanned before others have their turn. */
const SCAN_BYTES = 1_048_576;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A body whose keys, items and depth are within the limits, and that nothing was made of yet. */
export interface ScannedJson {
  readonly bytes: Buffer;
  /** Keys and items together: what it costs to make values of it. */
  readonly nodes: number;
  readonly longList: LongList | undefined;
  /** Elements of the isolated list that stand for themselves in what is parsed, by index. */
  readonly unread: ReadonlyMap<number, UnreadElement>;
  readonly isolatedList: string | undefined;
}

/**
 * Counts keys, items and depth before anything else looks at the bytes. Bodies up to a megabyte at once, larger ones in
 * slices between which other requests have their turn.
 * Overwrites elements of the isolated list that break a limit.
 * @throws MalformedRequestError, InvalidInputError (depth), BodyTooLargeError (keys, items)
 */
export async function scanJson(received: Buffer, limits: BodyLimits): Promise<ScannedJson> {
  if (received.length === 0) throw new MalformedRequestError('The body is empty; JSON was announced.');
  if (!isUtf8(received)) throw new MalformedRequestError('The body is not valid UTF-8.');
  const hasMark = received.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const bytes = hasMark ? received.subarray(BYTE_ORDER_MARK.length) : received;
  const scanner = new JsonScanner(bytes, limits);
  for (let start = 0; start < bytes.length; start += SCAN_BYTES) {
    if (start > 0) await nextTurn();
    const breach = scanner.scan(start, Math.min(start + SCAN_BYTES, bytes.length));
    if (breach) throw refusal(breach, limits);
  }
  if (scanner.isUnfinished) throw new MalformedRequestError('The body is not valid JSON: it ends within an element.');
  const { longList, unread } = scanner;
  return { bytes, nodes: scanner.keys + scanner.items, longList, unread, isolatedList: limits.isolatedList };
}

/** @throws MalformedRequestError naming the place where the text is no JSON */
export async function parseJson({ bytes, longList, unread, isolatedList = '' }: ScannedJson): Promise<unknown> {
  const body = longList === undefined ? parse(bytes, 0, bytes.length, '', '') : await parseInPieces(bytes, longList);
  if (unread.size === 0) return body;
  const list = (body as Record<string, unknown>)[isolatedList];
  if (Array.isArray(list)) for (const [index, element] of unread) list[index] = element;
  return body;
}

/**
 * The object with its long list made piece by piece, between which other requests have their turn. Each piece is valid
 * in its own brackets exactly when the whole is.
 */
async function parseInPieces(bytes: Buffer, list: LongList): Promise<unknown> {
  const before = parse(bytes, 0, list.open, '', ' null}') as Record<string, unknown>;
  const quotedName = bytes.toString('utf8', list.nameStart, list.nameEnd);
  const name = JSON.parse(quotedName) as string;
  const after = parse(bytes, list.close + 1, bytes.length, `{${quotedName}:null`, '') as Record<string, unknown>;
  const elements: unknown[] = [];
  const ends = [...list.cuts, list.close];
  let start = list.open + 1;
  for (const end of ends) {
    await nextTurn();
    const piece = parse(bytes, start, end, '[', ']') as unknown[];
    if (piece.length === 0) throw malformed(bytes, end, 0);
    for (const element of piece) elements.push(element);
    start = end + 1;
  }
  // A name that comes twice means its last value, as ever.
  return after[name] === null ? { ...before, ...after, [name]: elements } : { ...before, ...after };
}

function parse(bytes: Buffer, start: number, end: number, opening: string, closing: string): unknown {
  const text = bytes.toString('utf8', start, end);
  try {
    return JSON.parse(opening === '' && closing === '' ? text : `${opening}${text}${closing}`);
  } catch (error) {
    const position = positionIn(error);
    throw malformed(bytes, start, position === undefined ? undefined : position - opening.length, error);
  }
}

/** Says where the parser stopped; its message also quotes the body, which may hold secrets. */
function malformed(bytes: Buffer, start: number, position?: number, cause?: unknown): MalformedRequestError {
  const before = start === 0 ? 0 : bytes.toString('utf8', 0, start).length;
  const place = position === undefined ? '' : `, near character ${before + Math.max(0, position) + 1}`;
  return new MalformedRequestError(`The body is not valid JSON${place}.`, { cause });
}

function positionIn(error: unknown): number | undefined {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position === undefined ? undefined : Number(position);
}

function refusal(breach: LimitBreach, limits: BodyLimits): Error {
  if (breach.limit === 'maxDepth') {
    return new InvalidInputError([{ path: '', message: depthMessage(limits) }]);
  }
  return BodyTooLargeError.forCount(describe(breach.limit, limits), breach.path);
}

function depthMessage({ maxDepth }: Pick<BodyLimits, 'maxDepth'>): string {
  return `nests deeper than ${maxDepth.toLocaleString('en')} levels`;
}

/** What is wrong with an element of the isolated list, to follow its path. */
export function describeUnread({ breach }: UnreadElement, limits: BodyLimits): string {
  if (breach.limit === 'maxDepth') return depthMessage(limits);
  return `has too much in it: ${describe(breach.limit, limits)}`;
}

function describe(limit: Exclude<LimitBreach['limit'], 'maxDepth'>, limits: BodyLimits): string {
  const most = limits[limit].toLocaleString('en');
  switch (limit) {
    case 'maxKeys':
      return `at most ${most} keys in all`;
    case 'maxItems':
      return `at most ${most} array items in all`;
    case 'maxKeysPerObject':
      return `at most ${most} keys in one object`;
    case 'maxNodesPerElement':
      return `at most ${most} keys and array items in one element of its list`;
  }
}
