import { BatchSender } from './batch-sender.js';
import { ConnectionFailure, type Answer } from './events-client.js';

const limits = { firstDelayMs: 1, maxDelayMs: 2, giveUpBeforeFirstAnswerMs: 40, giveUpAfterMs: 80 };
const never = new AbortController().signal;
const batch = { events: ['{"a":1}', '{"a":2}', '{"a":3}'], lines: [11, 12, 14] };

function answer(status: number, body: unknown = {}, headers: Partial<Answer> = {}): Answer {
  return { status, retryAfter: undefined, location: undefined, body: JSON.stringify(body), ...headers };
}

const ok = answer(202, { accepted: 3, duplicates: 0, rejected: [] });

/** Answers (or throws) one after the other; the last one for ever. */
function senderOver(answers: (Answer | Error)[]): { sender: BatchSender; bodies: string[]; told: string[] } {
  const bodies: string[] = [];
  const told: string[] = [];
  const post = async (body: Buffer): Promise<Answer> => {
    const next = answers[Math.min(bodies.length, answers.length - 1)] as Answer | Error;
    bodies.push(body.toString());
    if (next instanceof Error) throw next;
    return next;
  };
  return { sender: new BatchSender({ post }, (line) => told.push(line), limits), bodies, told };
}

it('sends the events as they are and names rejected ones by their lines', async () => {
  const rejected = [{ index: 2, event_id: 'x', errors: [{ path: 'events[2].total', message: 'must be a number' }] }];
  const { sender, bodies } = senderOver([answer(202, { accepted: 1, duplicates: 1, rejected })]);
  expect(await sender.send(batch, never)).toMatchObject({
    accepted: 1,
    duplicates: 1,
    rejected: [{ line: 14, eventId: 'x', reason: 'total must be a number' }],
    sentAgain: false,
  });
  expect(bodies).toEqual(['{"events":[{"a":1},{"a":2},{"a":3}]}']);
});

it('takes a batch of which nothing was accepted for an answer, not for a failure', async () => {
  const { sender } = senderOver([
    answer(422, { accepted: 0, duplicates: 0, rejected: [0, 1, 2].map((index) => ({ index, errors: [] })) }),
  ]);
  expect((await sender.send(batch, never)).rejected.map(({ line }) => line)).toEqual([11, 12, 14]);
});

it.each([429, 503, 502, 504, 500, 408])('tries again after %i until it gets its answer', async (status) => {
  const { sender, bodies } = senderOver([answer(status), answer(status), ok]);
  expect((await sender.send(batch, never)).accepted).toBe(3);
  expect(bodies).toHaveLength(3);
});

it('waits as long as the service asks', async () => {
  const { sender } = senderOver([answer(429, {}, { retryAfter: '1' }), ok]);
  const startedMs = performance.now();
  await sender.send(batch, never);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990);
});

it('remembers that a lost answer may have been a stored batch', async () => {
  const lost = senderOver([new ConnectionFailure('socket hang up', false, false), ok]);
  expect((await lost.sender.send(batch, never)).sentAgain).toBe(true);
  const refused = senderOver([new ConnectionFailure('connection refused', true, false), ok]);
  expect((await refused.sender.send(batch, never)).sentAgain).toBe(false);
  expect(refused.told).toEqual([expect.stringMatching(/connection refused/), expect.stringMatching(/^Going on/)]);
});

it('gives up on a service that does not come back, and says why', async () => {
  const { sender, bodies } = senderOver([new ConnectionFailure('connect ECONNREFUSED', true, false)]);
  await expect(sender.send(batch, never)).rejects.toThrow(/ECONNREFUSED.*Gave up/);
  expect(bodies.length).toBeGreaterThan(3);
});

it.each([
  [answer(401, { title: 'Unauthorized' }), /token.*401.*npm run token/],
  [answer(403, { detail: 'Role missing.' }), /403.*Role missing.*role service/],
  [answer(400, { detail: 'Not JSON' }), /malformed \(400\): Not JSON\. \(sending lines 11 to 14\)/],
  [answer(404), /not this service.*404.*--url/],
  [answer(301, {}, { location: 'https://shop.example/' }), /301 and points to https:\/\/shop\.example\//],
  [answer(202, { ok: true }), /not this service/],
  [new ConnectionFailure('getaddrinfo ENOTFOUND nowhere', true, true), /ENOTFOUND nowhere.*--url/],
])('stops at once at what trying again cannot mend (%#)', async (first, message) => {
  const { sender, bodies } = senderOver([first]);
  await expect(sender.send(batch, never)).rejects.toThrow(message);
  expect(bodies).toHaveLength(1);
});

it('halves a batch that is too large for something on the way', async () => {
  const one = answer(202, { accepted: 1, duplicates: 0, rejected: [] });
  const { sender, bodies } = senderOver([answer(413), answer(413), one, answer(413), one]);
  expect(await sender.send(batch, never)).toMatchObject({
    accepted: 2,
    rejected: [{ line: 12, reason: expect.stringContaining('too large') }],
  });
  expect(bodies).toHaveLength(5);
});

it('ends its waiting when interrupted', async () => {
  const interruption = new AbortController();
  const { sender } = senderOver([answer(503, {}, { retryAfter: '60' })]);
  const sent = sender.send(batch, interruption.signal);
  setTimeout(() => interruption.abort(), 20);
  await expect(sent).rejects.toThrow(/abort/i);
});
