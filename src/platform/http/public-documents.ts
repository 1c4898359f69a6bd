import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CompressedBodies } from './compressed-bodies.js';
import { pathOf } from './paths.js';
import type { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { answersKnown, type ReadyAnswer } from './ready-answer.js';

/** The OpenAPI document, the page of Swagger UI, and what that page loads. */
const DOCUMENTS =
  /^\/docs(-json|\/|\/index\.html|\/index\.css|\/swagger-[\w-]+\.(css|js)|\/favicon-\d+x\d+\.png|\/oauth2-redirect\.(html|js))?$/;
/** Only this process knows its value: the request by which a document is made, once. */
const MAKING = 'x-making-document';

interface PublicDocument extends ReadyAnswer {
  readonly type: string;
}

/**
 * `/docs` and `/docs-json` are open to everybody and cost more than most answers: each of their files is made once,
 * compressed once, answered with an `ETag`, and limited per address.
 */
export class PublicDocuments {
  private readonly compressed = new CompressedBodies();
  private readonly documents = new Map<string, Promise<PublicDocument | undefined>>();
  private readonly secret = randomUUID();

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly rateLimit: RateLimitGuard,
  ) {}

  /** A `preHandler` hook: the headers of CORS are set. */
  readonly preHandler = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const path = pathOf(request.raw.url ?? '/');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || !DOCUMENTS.test(path) || request.headers[MAKING] === this.secret) return done();
    this.answer(path, request, reply).then((isAnswered) => isAnswered || done(), done);
  };

  private async answer(path: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    await this.rateLimit.takeForAddress(request, reply, 'docs');
    const document = await this.documentAt(path);
    if (document === undefined) return false;
    void reply.headers({ etag: document.tag, 'cache-control': 'public, no-cache' });
    if (answersKnown(request, document.tag)) {
      void reply.code(304).send();
      return true;
    }
    void reply.type(document.type).send(this.compressed.for(request, reply, document.body));
    return true;
  }

  /** Those who ask while it is made wait for the same one. */
  private async documentAt(path: string): Promise<PublicDocument | undefined> {
    const known = this.documents.get(path);
    if (known) return known;
    const making = this.make(path);
    this.documents.set(path, making);
    const document = await making.catch(() => undefined);
    // The ordinary route then says what is wrong, or that there is no such file.
    if (document === undefined) this.documents.delete(path);
    return document;
  }

  private async make(path: string): Promise<PublicDocument | undefined> {
    const headers = { [MAKING]: this.secret, 'accept-encoding': 'identity' };
    const { statusCode, headers: answered, rawPayload } = await this.fastify.inject({ url: path, headers });
    if (statusCode !== 200) return undefined;
    const tag = `"${createHash('sha256').update(rawPayload).digest('base64url').slice(0, 27)}"`;
    return { body: rawPayload, tag, type: String(answered['content-type']) };
  }
}
