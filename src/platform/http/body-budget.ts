import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../config/index.js';
import { OverloadedError } from '../errors/index.js';
import { endpointConfigOf } from './endpoint-config.js';

const RETRY_AFTER_SECONDS = 1;
/** What a key or an item takes in memory beside its text, roughly. */
const BYTES_PER_NODE = 32;
const RESERVATION = Symbol('body reservation');

/**
 * Bounds the bytes of all request bodies that are being received, decompressed, parsed or worked on at once. A request
 * takes what it announces before a byte of its body is read, and more as its body turns out to be larger.
 */
@Injectable()
export class BodyBudget {
  private readonly maxBytes: number;
  private readonly listeners: (() => void)[] = [];
  private bytes = 0;

  constructor(config: AppConfig) {
    this.maxBytes = config.ingest.queueMaxBytes;
  }

  /** Calls `listener` for each request that is refused. */
  onRefused(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * Gives a request its share until its answer is out or its connection is gone.
   * @throws OverloadedError when the other requests hold so much that it does not fit
   */
  open(request: FastifyRequest, reply: FastifyReply): void {
    const reservation = new BodyReservation(this);
    (request as ReservedRequest)[RESERVATION] = reservation;
    reply.raw.once('close', () => reservation.release());
    reservation.grow(announcedBytes(request));
  }

  /** Only called by reservations. A request that is alone always fits: its own limits bound it. */
  take(bytes: number, held: number): void {
    if (this.bytes > held && this.bytes + bytes > this.maxBytes) {
      this.listeners.forEach((listener) => listener());
      throw new OverloadedError('Too many large bodies at once; send this one again.', RETRY_AFTER_SECONDS);
    }
    this.bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.bytes -= bytes;
  }
}

/** What one request holds of the budget. */
export class BodyReservation {
  private held = 0;
  private isReleased = false;

  constructor(private readonly budget: BodyBudget) {}

  /** @throws OverloadedError */
  grow(bytes: number): void {
    if (this.isReleased || bytes <= 0) return;
    this.budget.take(bytes, this.held);
    this.held += bytes;
  }

  /** Holds at least `bytes`, e.g. where less was announced than came. @throws OverloadedError */
  growTo(bytes: number): void {
    this.grow(bytes - this.held);
  }

  /** For the values that are made of JSON text. @throws OverloadedError */
  growForNodes(nodes: number): void {
    this.grow(nodes * BYTES_PER_NODE);
  }

  release(): void {
    this.isReleased = true;
    this.budget.giveBack(this.held);
    this.held = 0;
  }
}

type ReservedRequest = FastifyRequest & { [RESERVATION]?: BodyReservation };

export function bodyReservationOf(request: FastifyRequest): BodyReservation | undefined {
  return (request as ReservedRequest)[RESERVATION];
}

/** Nothing on routes that have not authenticated the sender yet: strangers cannot fill the budget. */
function announcedBytes(request: FastifyRequest): number {
  const maxBytes = endpointConfigOf(request)?.bodyLimits.maxBytes ?? 0;
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  if (length === undefined) return chunked === undefined ? 0 : maxBytes;
  return Math.min(Number(length), maxBytes);
}
