import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { DomainError, InvalidInputError } from '../errors/index.js';
import { bodyReservationOf, type BodyReservation } from './body-budget.js';
import { DEFAULT_BODY_LIMITS } from './body-limits.js';
import { endpointConfigOf } from './endpoint-config.js';
import { parseJson, scanJson } from './json-text.js';
import { BodyTooLargeError, MalformedRequestError, UnreadableBodyError } from './request-errors.js';
import { findUnsafeJson } from './unsafe-json.js';

const UNZIPPED_CHUNK_BYTES = 65_536;

/**
 * Reads a JSON body: gzip, the limits of the route on bytes, keys, items and depth, UTF-8, syntax, and what must not
 * stand in JSON. What it takes in memory is accounted for before it is taken.
 */
export async function parseJsonBody(request: FastifyRequest, received: Buffer): Promise<unknown> {
  const endpoint = endpointConfigOf(request);
  // Many clients announce JSON with whatever they send, a DELETE included. Who needs a body names what is missing in it.
  if (received.length === 0 && !endpoint?.rawJson) return undefined;
  const limits = endpoint?.bodyLimits ?? DEFAULT_BODY_LIMITS;
  const reservation = bodyReservationOf(request);
  reservation?.growTo(received.length);
  const isZipped = contentEncodingOf(request) === 'gzip';
  const bytes = isZipped ? await unzip(received, limits.maxBytes, reservation) : received;
  const scanned = await scanJson(bytes, limits);
  reservation?.growForNodes(scanned.nodes);
  const body = await parseJson(scanned);
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

/** Stops at the limit of the route, and where all bodies together take too much: a small body may unfold to a large one. */
async function unzip(received: Buffer, maxBytes: number, reservation?: BodyReservation): Promise<Buffer> {
  const gunzip = createGunzip({ chunkSize: UNZIPPED_CHUNK_BYTES });
  const chunks: Buffer[] = [];
  let size = 0;
  gunzip.on('data', (chunk: Buffer) => {
    size += chunk.length;
    try {
      if (size > maxBytes) throw BodyTooLargeError.forBytes(maxBytes);
      reservation?.grow(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  });
  gunzip.end(received);
  try {
    await finished(gunzip);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new MalformedRequestError('The body is not valid gzip.', { cause: error });
  }
  return Buffer.concat(chunks, size);
}
