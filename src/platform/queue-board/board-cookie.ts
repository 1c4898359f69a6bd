import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BOARD_PATH } from './board-paths.js';

const NAME = 'analytics_queue_board';
const MAX_AGE_SECONDS = 3_600;
/** Browsers keep 4,096 bytes of name, value and attributes, and drop what is longer without a word. */
export const TOKEN_MAX_LENGTH = 3_800;

/** The token of whoever signed in, where only the board's own paths get to see it again. */
export class BoardCookie {
  private readonly options: CookieSerializeOptions;

  constructor(overHttps: boolean) {
    this.options = { path: BOARD_PATH, httpOnly: true, sameSite: 'strict', secure: overHttps };
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[NAME];
  }

  /** It is the token itself, so it ends with the token, and never lasts longer than an hour. */
  write(reply: FastifyReply, token: string): void {
    void reply.setCookie(NAME, token, { ...this.options, maxAge: MAX_AGE_SECONDS });
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(NAME, this.options);
  }
}
