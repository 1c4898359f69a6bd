import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Below this, compression costs more than it saves. */
export const COMPRESS_FROM_BYTES = 1024;
/** What the compression of other answers has as well: near what it could save, at a small part of the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const ENCODERS = {
  br: (body: Buffer): Buffer => brotliCompressSync(body, BROTLI),
  gzip: (body: Buffer): Buffer => gzipSync(body),
} as const;
type Encoding = keyof typeof ENCODERS;
/** In the order in which the server likes them. */
export const ENCODINGS: Encoding[] = ['br', 'gzip'];

/**
 * Compresses once what is sent many times: every browser asks for it, and it costs ten times what the rest of a cached
 * answer does. What is not compressed here is left to the server's own compression.
 */
export class CompressedBodies {
  private readonly known = new WeakMap<Buffer, Map<Encoding, Buffer>>();

  /** The bytes that this client takes, its headers set. */
  for({ headers }: FastifyRequest, reply: FastifyReply, body: Buffer): Buffer {
    const accepted = headers['accept-encoding'];
    if (typeof accepted !== 'string' || headers['x-no-compression'] !== undefined) return body;
    if (body.length < COMPRESS_FROM_BYTES) return body;
    const encoding = negotiate(accepted.toLowerCase(), ENCODINGS);
    if (encoding === null) return body;
    const vary = [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', ');
    void reply.headers({ 'content-encoding': encoding, vary });
    return this.compressed(body, encoding);
  }

  private compressed(body: Buffer, encoding: Encoding): Buffer {
    const encodings = this.known.get(body) ?? new Map<Encoding, Buffer>();
    this.known.set(body, encodings);
    const bytes = encodings.get(encoding) ?? ENCODERS[encoding](body);
    encodings.set(encoding, bytes);
    return bytes;
  }
}
