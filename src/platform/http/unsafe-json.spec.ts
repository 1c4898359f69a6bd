import { findUnsafeJson } from './unsafe-json.js';

const paths = (json: string): string[] => findUnsafeJson(JSON.parse(json)).map(({ path }) => path);

it('has nothing against ordinary JSON', () => {
  expect(findUnsafeJson({ a: [1, 'ü😀', null, true, { 'b c': [] }], d: {} })).toEqual([]);
});

it.each([
  ['{"__proto__":{"admin":true}}', '__proto__'],
  ['{"a":[{"constructor":{}}]}', 'a[0].constructor'],
  ['{"a":{"prototype":1}}', 'a.prototype'],
  ['{"toString":1}', 'toString'],
  ['{"a":["x","\\u0000"]}', 'a[1]'],
  ['{"a":"\\ud800"}', 'a'],
  ['{"a\\u0000":1}', 'a\0'],
  ['"\\udc00"', ''],
])('names the place in %s', (json, path) => {
  expect(paths(json)).toEqual([path]);
});

it('refuses nesting without end, however deep, without using up the stack', () => {
  const depth = 100_000;
  expect(findUnsafeJson(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toHaveLength(1);
  expect(findUnsafeJson(JSON.parse('['.repeat(32) + ']'.repeat(32)))).toEqual([]);
});

it('stops after twenty findings', () => {
  expect(findUnsafeJson(Array.from({ length: 100 }, () => '\0')).length).toBe(20);
});
