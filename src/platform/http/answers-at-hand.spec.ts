import type { FastifyReply, FastifyRequest } from 'fastify';
import { rememberPrincipal, type Principal } from '../auth/index.js';
import { AnswersAtHand } from './answers-at-hand.js';
import type { RateLimitGuard } from './rate-limit/rate-limit.guard.js';

const MAYA: Principal = { sub: 'maya', roles: ['admin'], teams: [] };
const ANSWER = { body: Buffer.from('{"orders":3}'), tag: 'W/"3"' };

class Bucket {
  taken: string[] = [];
  refusal?: Error;
  async take(request: FastifyRequest): Promise<void> {
    if (this.refusal) throw this.refusal;
    this.taken.push(request.url);
  }
}

class Reply {
  status = 200;
  sent: unknown = 'nothing';
  readonly values: Record<string, unknown> = {};
  headers(values: object): void {
    Object.assign(this.values, values);
  }
  code(status: number): void {
    this.status = status;
  }
  type(value: string): void {
    this.values['content-type'] = value;
  }
  send(body: unknown): void {
    this.sent = body;
  }
}

let bucket: Bucket;
let answers: AnswersAtHand;

beforeEach(() => {
  bucket = new Bucket();
  answers = new AnswersAtHand(bucket as unknown as RateLimitGuard);
});

function requestOf(principal: Principal | undefined, of: Partial<FastifyRequest> = {}): FastifyRequest {
  const request = { method: 'GET', url: '/summary', headers: {}, ...of } as FastifyRequest;
  if (principal) rememberPrincipal(request, principal);
  return request;
}

/** What the hook sends; `passed on` when the controller is to be asked, which it tells of an error if there is one. */
async function ask(request: FastifyRequest): Promise<Reply | Error | 'passed on'> {
  const reply = new Reply();
  return new Promise((resolve) => {
    reply.send = (body) => resolve(Object.assign(reply, { sent: body }));
    answers.preHandler(request, reply as unknown as FastifyReply, (error) => resolve(error ?? 'passed on'));
  });
}

it('answers the same sender and URL again, out of the same bucket', async () => {
  expect(await ask(requestOf(MAYA))).toBe('passed on');
  answers.remember(requestOf(MAYA), () => ANSWER);
  expect(await ask(requestOf(MAYA))).toMatchObject({ status: 200, sent: ANSWER.body, values: { etag: ANSWER.tag } });
  expect(bucket.taken).toEqual(['/summary']);
});

it('sends no body to whoever has it', async () => {
  answers.remember(requestOf(MAYA), () => ANSWER);
  const known = requestOf(MAYA, { headers: { 'if-none-match': '"x", "3"' } });
  expect(await ask(known)).toMatchObject({ status: 304, sent: undefined, values: { etag: ANSWER.tag } });
});

it.each([
  ['another sender, though of the same name and roles', requestOf({ ...MAYA })],
  ['nobody', requestOf(undefined)],
  ['another URL', requestOf(MAYA, { url: '/summary?range=7d' })],
  ['another method', requestOf(MAYA, { method: 'HEAD' })],
  ['a body, which is refused', requestOf(MAYA, { headers: { 'content-length': '2' } })],
])('leaves to the guards a request of %s', async (_whose, request) => {
  answers.remember(requestOf(MAYA), () => ANSWER);
  expect(await ask(request)).toBe('passed on');
});

it('passes on what is not at hand any more, and takes nothing for it', async () => {
  answers.remember(requestOf(MAYA), () => undefined);
  expect(await ask(requestOf(MAYA))).toBe('passed on');
  expect(bucket.taken).toEqual([]);
});

it('refuses where the bucket is empty', async () => {
  answers.remember(requestOf(MAYA), () => ANSWER);
  bucket.refusal = new Error('too many');
  expect(await ask(requestOf(MAYA))).toBe(bucket.refusal);
});
