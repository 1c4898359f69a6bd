/// <reference lib="es2024.string" />
import { findUnstorable, shownKey } from './storable.js';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

it.each([
  ['a NUL in a string', { a: ['x', 'y\0'] }, '.a[1]', /NUL/],
  ['half a surrogate pair', { a: { b: '\ud800' } }, '.a.b', /surrogate/],
  ['a NUL in a key', { 'a\0': 1 }, '.a\uFFFD', /key that contains a NUL/],
  ['half a surrogate pair in a key', { '\udc00': 1 }, '.\uFFFD', /surrogate/],
  ['__proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), '.a.__proto__', /reserved/],
  ['constructor', { constructor: 1 }, '.constructor', /reserved/],
  ['an infinite number', JSON.parse('{"a":1e999}'), '.a', /too large/],
  ['an integer beyond 2^53', JSON.parse('{"a":[12345678901234567890]}'), '.a[0]', /2\^53/],
  ['33 levels', nested(33), '.a'.repeat(32), /deeper than 32/],
])('%s is found', (_, value, path, message) => {
  expect(findUnstorable(value)).toEqual({ path, message: expect.stringMatching(message) as string });
});

it.each([
  ['32 levels', nested(32)],
  ['emoji', { '🌹': '🌹' }],
  ['control characters', { a: '\t\n\u0001' }],
  ['nothing', {}],
  ['null', { a: null }],
])('%s can be stored', (_, value) => {
  expect(findUnstorable(value)).toBeUndefined();
});

it('is found in any depth without exhausting the stack', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(findUnstorable(deep)?.message).toMatch(/deeper/);
});

it('shows a key shortened and readable', () => {
  expect(shownKey('k'.repeat(500))).toHaveLength(201);
  expect(shownKey(`${'k'.repeat(199)}🌹`).isWellFormed()).toBe(true);
});
