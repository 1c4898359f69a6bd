import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loadConfig } from '../config/index.js';
import { BodyBudget, bodyReservationOf } from './body-budget.js';
import { DEFAULT_BODY_LIMITS } from './body-limits.js';
import { asRouteConfig } from './endpoint-config.js';

const MIB = 1_048_576;
const MAX_MIB = 10;

function budgetOf(): { budget: BodyBudget; refused: () => number } {
  let refused = 0;
  const budget = new BodyBudget(loadConfig({ INGEST_QUEUE_MAX_BYTES: String(MAX_MIB * MIB) }));
  budget.onRefused(() => refused++);
  return { budget, refused: () => refused };
}

function requestOf(budget: BodyBudget, headers: Record<string, string>) {
  const limits = { ...DEFAULT_BODY_LIMITS, maxBytes: 8 * MIB };
  const endpoint = { isPublic: false, isRateLimited: true, takesQuery: false, takesBody: true, rawJson: false };
  const config = asRouteConfig({ ...endpoint, bodyLimits: limits });
  const request = { headers, routeOptions: { config } } as unknown as FastifyRequest;
  const raw = new EventEmitter();
  const open = (): void => budget.open(request, { raw } as unknown as FastifyReply);
  return { open, grow: (bytes: number) => bodyReservationOf(request)!.grow(bytes), end: () => raw.emit('close') };
}

it('refuses what does not fit beside the others, before it is read, and takes it once they are done', () => {
  const { budget, refused } = budgetOf();
  const first = requestOf(budget, { 'content-length': String(6 * MIB) });
  const second = requestOf(budget, { 'content-length': String(5 * MIB) });
  first.open();
  expect(second.open).toThrow(expect.objectContaining({ code: 'overloaded', retryAfterSeconds: 1 }));
  expect(refused()).toBe(1);
  second.end();
  first.end();
  expect(requestOf(budget, { 'content-length': String(5 * MIB) }).open).not.toThrow();
});

it('takes one that does not say how long it is for the longest that its route allows', () => {
  const { budget } = budgetOf();
  requestOf(budget, { 'transfer-encoding': 'chunked' }).open();
  expect(requestOf(budget, { 'content-length': String(3 * MIB) }).open).toThrow('Too many large bodies');
});

it('refuses one that unfolds to more than fits, and gives all of it back', () => {
  const { budget } = budgetOf();
  const requests = Array.from({ length: 3 }, () => requestOf(budget, { 'content-length': '10000' }));
  requests.forEach(({ open }) => open());
  requests[0]!.grow(5 * MIB);
  requests[1]!.grow(4 * MIB);
  expect(() => requests[2]!.grow(2 * MIB)).toThrow('Too many large bodies');
  requests[2]!.end();
  requests[1]!.end();
  expect(() => requests[0]!.grow(4 * MIB)).not.toThrow();
});

it('lets one through that is alone, whatever it comes to', () => {
  const { budget } = budgetOf();
  const alone = requestOf(budget, { 'content-length': String(8 * MIB) });
  alone.open();
  expect(() => alone.grow(50 * MIB)).not.toThrow();
  alone.end();
  expect(requestOf(budget, { 'content-length': String(8 * MIB) }).open).not.toThrow();
});
