import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors/index.js';
import { DEFAULT_MAX_BODY_BYTES, endpointConfigOf } from './endpoint-config.js';
import { findUnsafeJson } from './unsafe-json.js';
import { BodyTooLargeError, MalformedRequestError, UnreadableBodyError } from './request-errors.js';

const unzip = promisify(gunzip);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a JSON body: gzip, UTF-8, byte order mark and what must not stand in JSON, each within the route's limit. */
export async function parseJsonBody(request: FastifyRequest, received: Buffer): Promise<unknown> {
  const endpoint = endpointConfigOf(request);
  // Many clients announce JSON with whatever they send, a DELETE included. Who needs a body names what is missing in it.
  if (received.length === 0 && !endpoint?.rawJson) return undefined;
  const bytes = await decompress(request, received, endpoint?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
  const body = parse(bytes);
  if (endpoint?.rawJson) return body;
  const errors = findUnsafeJson(body);
  if (errors.length > 0) throw new InvalidInputError(errors);
  return body;
}

/** Refuses before a byte of the body was read: formats and encodings that are not read here. */
export function checkBodyEncoding(request: FastifyRequest): void {
  const type = request.headers['content-type'];
  if (type !== undefined) checkCharset(type);
  const encoding = contentEncodingOf(request);
  if (encoding === 'identity' || encoding === 'gzip') return;
  throw new UnreadableBodyError('The body may be compressed with gzip, or not at all.', { 'accept-encoding': 'gzip' });
}

function checkCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1];
  if (charset === undefined || charset.toLowerCase() === 'utf-8' || charset.toLowerCase() === 'utf8') return;
  throw new UnreadableBodyError('JSON is read in UTF-8 only.', { accept: 'application/json' });
}

function contentEncodingOf(request: FastifyRequest): string {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '') return 'identity';
  return encoding === 'x-gzip' ? 'gzip' : encoding;
}

async function decompress(request: FastifyRequest, received: Buffer, maxBytes: number): Promise<Buffer> {
  if (contentEncodingOf(request) !== 'gzip') return received;
  try {
    // Stops at the limit: a small body cannot unfold to more memory than a large one may take.
    return await unzip(received, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLargeError(maxBytes);
    throw new MalformedRequestError('The body is not valid gzip.', { cause: error });
  }
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new MalformedRequestError('The body is empty; JSON was announced.');
  if (!isUtf8(bytes)) throw new MalformedRequestError('The body is not valid UTF-8.');
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  try {
    return JSON.parse(bytes.toString('utf8', hasMark ? BYTE_ORDER_MARK.length : 0));
  } catch (error) {
    throw new MalformedRequestError(`The body is not valid JSON${positionIn(error)}.`, { cause: error });
  }
}

/** Where the parser stopped; its message also quotes the body, which may hold secrets. */
function positionIn(error: unknown): string {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position === undefined ? '' : `, near character ${Number(position) + 1}`;
}
