import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForbiddenError, UnauthenticatedError } from '../auth/index.js';
import { Logger } from '../logging/index.js';
import { BoardAccess, sendSignInPage } from './board-access.js';
import { TOKEN_MAX_LENGTH } from './board-cookie.js';
import { BOARD_PATH } from './board-paths.js';

/** Takes a token once, and gives the browser a cookie for it. */
@Injectable()
export class BoardSignIn {
  private readonly log: Logger;

  constructor(
    private readonly access: BoardAccess,
    logger: Logger,
  ) {
    this.log = logger.child('queue-board');
  }

  readonly signIn = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await this.access.rateLimit.takeForAddress(request, reply, 'board');
    const token = (request.body as URLSearchParams | undefined)?.get('token')?.trim() ?? '';
    if (token === '') return sendSignInPage(reply, 400, 'Put in a token.');
    if (token.length > TOKEN_MAX_LENGTH) {
      return sendSignInPage(reply, 400, 'The token is too long for a cookie; send it in the Authorization header.');
    }
    try {
      const { sub } = await this.access.admitToken(token, request, reply);
      this.log.info('Somebody signed in to the queue board.', { sub });
    } catch (error) {
      if (error instanceof UnauthenticatedError) return sendSignInPage(reply, 401, error.message);
      if (error instanceof ForbiddenError) return sendSignInPage(reply, 403, error.message);
      throw error;
    }
    this.access.cookie.write(reply, token);
    return reply.redirect(BOARD_PATH, 303);
  };

  readonly signOut = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    this.access.cookie.clear(reply);
    return reply.redirect(BOARD_PATH, 303);
  };
}
