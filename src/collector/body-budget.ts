import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../platform/config/index.js';
import { OverloadedError } from '../platform/errors/index.js';
import { CollectorMetrics } from './collector.metrics.js';
import { MAX_BODY_BYTES } from './read-submission.js';

const RETRY_AFTER_SECONDS = 1;
/** What a gzip body is taken to unfold to until it has been read; event batches come to 8 to 12 times. */
const UNFOLDING = 16;
/** The route of `POST /events`, whatever it is prefixed with. */
const ROUTE = '/events';

/**
 * Bounds the bytes of bodies that are being read or worked on at once. Decided by `content-length`, before a byte of
 * the body is read: many large batches at once must not take more memory than there is.
 */
@Injectable()
export class BodyBudget implements OnModuleInit {
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly metrics: CollectorMetrics,
    config: AppConfig,
  ) {
    this.maxBytes = config.ingest.queueMaxBytes;
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    fastify?.addHook('onRequest', (request, reply, done) => {
      const isBatch = request.method === 'POST' && request.routeOptions.url?.endsWith(ROUTE) === true;
      done(isBatch ? this.reserve(request, reply) : undefined);
    });
  }

  /** Given back when the answer is out, or the connection is gone. */
  private reserve(request: FastifyRequest, reply: FastifyReply): OverloadedError | undefined {
    const bytes = expectedBytes(request.headers);
    if (this.bytes > 0 && this.bytes + bytes > this.maxBytes) {
      this.metrics.overloaded('bodies');
      return new OverloadedError('Too many large batches at once; send this one again.', RETRY_AFTER_SECONDS);
    }
    this.bytes += bytes;
    reply.raw.once('close', () => (this.bytes -= bytes));
    return undefined;
  }
}

function expectedBytes(headers: FastifyRequest['headers']): number {
  const length = Number(headers['content-length'] ?? MAX_BODY_BYTES);
  const unfolded = headers['content-encoding'] === undefined ? length : length * UNFOLDING;
  return Math.min(unfolded, MAX_BODY_BYTES);
}
