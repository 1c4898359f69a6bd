import { Server as HttpServer } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Connections that were made before the listener closes have to be accepted first: closing it resets the others. */
const QUIET_MS = 50;
/** However many go on connecting, the listener closes after this time. */
const MAX_LISTENING_MS = 500;
/** A connection without a request for so long will hardly send one in the moment in which it is closed. */
const IDLE_MS = 1_000;
/** What a request in flight may take at most, also when its client does not send or read. */
const GRACE_MS = 10_000;
const LOOK_EVERY_MS = 10;

interface Connection {
  requests: number;
  usedAt: number;
}

/**
 * The end of answering requests, without resetting a connection. Answers are held back until nobody connects any more
 * and the listener is closed: a client that gets `Connection: close` connects anew at once, and would otherwise do so
 * while the listener closes.
 */
@Injectable()
export class Draining implements OnModuleDestroy {
  isDraining = false;
  private readonly connections = new Map<Socket, Connection>();
  private connectedAt = 0;
  private stopHolding: () => void = () => undefined;
  private readonly listenerClosed = new Promise<void>((resolve) => (this.stopHolding = resolve));

  onModuleDestroy(): void {
    this.isDraining = true;
    this.stopHolding();
  }

  /** Has to come before the server listens. */
  watch(fastify: FastifyInstance): void {
    fastify.server.on('connection', (socket: Socket) => {
      this.connectedAt = performance.now();
      this.connections.set(socket, { requests: 0, usedAt: this.connectedAt });
      socket.once('close', () => this.connections.delete(socket));
    });
    fastify.server.on('request', ({ socket }, response) => {
      const connection = this.connections.get(socket);
      if (connection === undefined) return;
      connection.requests++;
      response.once('close', () => {
        connection.requests--;
        connection.usedAt = performance.now();
      });
    });
    fastify.addHook('onSend', (request, reply, payload, done) => {
      if (!this.isDraining) return done(null, payload);
      // With the rest of a body still to come, the sender would see a broken connection instead of the answer.
      if (request.raw.complete) void reply.header('connection', 'close');
      this.listenerClosed.then(() => done(null, payload), done);
    });
  }

  /** Resolves when every request is answered and every connection is closed; after 10 s the remaining ones are cut off. */
  async drain({ server }: FastifyInstance): Promise<void> {
    this.isDraining = true;
    const startedAt = performance.now();
    const mayClose = (now: number): boolean => now - Math.max(this.connectedAt, startedAt) >= QUIET_MS;
    await until((now) => mayClose(now) || now - startedAt >= MAX_LISTENING_MS);
    closeListener(server);
    this.stopHolding();
    await until((now) => {
      this.closeIdle(now, startedAt);
      return this.connections.size === 0 || now - startedAt >= GRACE_MS;
    });
    server.closeAllConnections();
  }

  private closeIdle(now: number, startedAt: number): void {
    for (const [socket, { requests, usedAt }] of this.connections) {
      if (requests === 0 && now - Math.max(usedAt, startedAt) >= IDLE_MS) socket.destroySoon();
    }
  }
}

/** Only the listener: that of HTTP would close idle connections as well, on which a request may be under way. */
function closeListener(server: FastifyInstance['server']): void {
  if (server.listening && server instanceof HttpServer) TcpServer.prototype.close.call(server);
}

async function until(holds: (now: number) => boolean): Promise<void> {
  while (!holds(performance.now())) await sleep(LOOK_EVERY_MS);
}
