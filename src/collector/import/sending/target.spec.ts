import { parseTarget } from './target.js';

it.each([
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/v1/analytics/events'],
  ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000/api/v1/analytics/events'],
  ['http://127.0.0.1:3000/api/v1/analytics', 'http://127.0.0.1:3000/api/v1/analytics/events'],
  ['http://127.0.0.1:3000/api/v1/analytics/events/', 'http://127.0.0.1:3000/api/v1/analytics/events'],
  ['https://shop.example/inner/', 'https://shop.example/inner/api/v1/analytics/events'],
])('sends for %s to %s', (text, url) => {
  expect(parseTarget(text).eventsUrl.href).toBe(url);
});

it.each([
  ['http://localhost:3000', 'http://127.0.0.1:3000/'],
  ['http://[::1]:3000', 'http://127.0.0.1:3000'],
  ['https://Shop.Example', 'https://shop.example:443/'],
  ['http://shop.example:80/a/', 'http://shop.example/a/api/v1/analytics'],
])('knows that %s and %s are the same', (one, other) => {
  expect(parseTarget(one).key).toBe(parseTarget(other).key);
});

it('tells other ports and paths apart', () => {
  const keys = ['http://a:1', 'http://a:2', 'https://a:1', 'http://a:1/x', 'http://b:1'].map(
    (url) => parseTarget(url).key,
  );
  expect(new Set(keys).size).toBe(keys.length);
});

it.each(['', 'shop.example', 'localhost:3000', 'ftp://shop.example', 'http://user:secret@shop.example'])(
  'refuses %p with a word on what to write',
  (text) => {
    expect(() => parseTarget(text)).toThrow(/--url/);
  },
);
