import type { FastifyReply, FastifyRequest } from 'fastify';

/** An answer as the bytes that are sent, with the entity tag of what they say. */
export interface ReadyAnswer {
  readonly body: Buffer;
  readonly tag: string;
}

/** The JSON to send to whoever does not have it yet; undefined when it is theirs already, and the status is 304. */
export function bodyFor(request: FastifyRequest, reply: FastifyReply, { body, tag }: ReadyAnswer): Buffer | undefined {
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary: 'Authorization' });
  if (answersKnown(request, tag)) return void reply.code(304);
  void reply.type('application/json; charset=utf-8');
  return body;
}

/** Whether the sender has the answer with this tag already. */
export function answersKnown(request: FastifyRequest, tag: string): boolean {
  const known = request.headers['if-none-match'];
  return known !== undefined && isAmong(known, tag);
}

/** RFC 9110, 13.1.2: compared weakly, as a proxy may have made a strong tag weak. */
function isAmong(known: string, tag: string): boolean {
  const opaque = (text: string): string => text.trim().replace(/^W\//, '');
  return known.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag));
}
