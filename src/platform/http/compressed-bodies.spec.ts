import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { COMPRESS_FROM_BYTES, CompressedBodies } from './compressed-bodies.js';

const BODY = Buffer.from(`{"figures":"${'12.5,'.repeat(COMPRESS_FROM_BYTES)}"}`);

function send(bodies: CompressedBodies, headers: Record<string, string>, body = BODY) {
  const sent: Record<string, unknown> = { vary: 'Authorization' };
  const reply = { getHeader: (name: string) => sent[name], headers: (values: object) => Object.assign(sent, values) };
  const bytes = bodies.for({ headers } as unknown as FastifyRequest, reply as unknown as FastifyReply, body);
  return { bytes, encoding: sent['content-encoding'], vary: sent['vary'] };
}

it.each([
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['gzip, deflate', 'gzip', gunzipSync],
  ['br;q=0, gzip', 'gzip', gunzipSync],
])('gives a client that accepts %s the bytes as %s', (accepted, encoding, decode) => {
  const answer = send(new CompressedBodies(), { 'accept-encoding': accepted });
  expect(answer).toMatchObject({ encoding, vary: 'Authorization, accept-encoding' });
  expect(decode(answer.bytes)).toEqual(BODY);
});

it('compresses a body once for each encoding', () => {
  const bodies = new CompressedBodies();
  const first = send(bodies, { 'accept-encoding': 'br' }).bytes;
  expect(send(bodies, { 'accept-encoding': 'gzip' }).bytes).not.toBe(first);
  expect(send(bodies, { 'accept-encoding': 'br' }).bytes).toBe(first);
  expect(send(bodies, { 'accept-encoding': 'br' }, Buffer.from(BODY)).bytes).not.toBe(first);
});

it.each([
  ['says nothing', {}],
  ['takes another encoding only', { 'accept-encoding': 'zstd' }],
  ['wants none', { 'accept-encoding': 'br', 'x-no-compression': '1' }],
])('leaves the body alone for a client that %s', (_what, headers) => {
  expect(send(new CompressedBodies(), headers)).toEqual({ bytes: BODY, encoding: undefined, vary: 'Authorization' });
});

it('leaves a small body alone', () => {
  const small = Buffer.alloc(COMPRESS_FROM_BYTES - 1);
  expect(send(new CompressedBodies(), { 'accept-encoding': 'br' }, small).bytes).toBe(small);
});
