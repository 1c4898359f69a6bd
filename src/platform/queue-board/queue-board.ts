import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import cookie from '@fastify/cookie';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../config/index.js';
import { JobQueue } from '../queues/index.js';
import { BoardAccess } from './board-access.js';
import { BOARD_PATH, SESSION_PATH, SIGN_OUT_PATH } from './board-paths.js';
import { BoardSignIn } from './board-sign-in.js';

const FORM_MAX_BYTES = 16_384;
/** The board's page asks a font service for its letters; the content policy refuses that, and nobody need be told. */
const FOREIGN_STYLES = /<link href="https:\/\/[^>]*>\s*/g;

/** Puts the board of BullMQ under `/admin/queues`, behind {@link BoardAccess}. All it shows comes from this process. */
@Injectable()
export class QueueBoard implements OnModuleInit {
  constructor(
    private readonly config: AppConfig,
    private readonly host: HttpAdapterHost,
    private readonly queue: JobQueue,
    private readonly access: BoardAccess,
    private readonly signIn: BoardSignIn,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    if (fastify === undefined || this.config.role === 'worker') return;
    fastify.register(async (scope) => {
      await scope.register(cookie);
      scope.addHook('onSend', sendPage);
      this.addSession(scope);
      await scope.register(this.board, { prefix: BOARD_PATH });
    });
  }

  private addSession(scope: FastifyInstance): void {
    const options = { parseAs: 'string', bodyLimit: FORM_MAX_BYTES } as const;
    scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body: string, done) =>
      done(null, new URLSearchParams(body)),
    );
    scope.register(async (session) => {
      // The sign-in takes a form and nothing else.
      session.removeContentTypeParser('application/json');
      session.post(SESSION_PATH, this.signIn.signIn);
      session.get(SIGN_OUT_PATH, this.signIn.signOut);
    });
  }

  private readonly board = async (scope: FastifyInstance): Promise<void> => {
    scope.addHook('onRequest', this.access.check);
    const adapter = new FastifyAdapter().setBasePath(BOARD_PATH);
    createBullBoard({
      queues: this.queue
        .forBoard()
        .toSorted(byName)
        .map((queue) => new BullMQAdapter(queue)),
      serverAdapter: adapter,
      options: {
        uiConfig: { boardTitle: 'Queues', miscLinks: [{ text: 'Sign out', url: SIGN_OUT_PATH }], hideDocsLink: true },
      },
    });
    // Its own answer would repeat what a driver said. Thrown on, the error gets that of every other route.
    adapter.setErrorHandler((error) => {
      throw error;
    });
    await scope.register(adapter.registerPlugin());
  };
}

/** The board's overview is in this order in any case; its list beside that is in the order given. */
const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);

/** Never kept by a cache; and forms say where they come from, which the policy of the API would hide. */
async function sendPage(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  void reply.header('referrer-policy', 'same-origin');
  const isPage = String(reply.getHeader('content-type') ?? '').startsWith('text/html');
  if (!isPage) return payload;
  void reply.header('cache-control', 'no-store');
  return typeof payload === 'string' ? payload.replace(FOREIGN_STYLES, '') : payload;
}
