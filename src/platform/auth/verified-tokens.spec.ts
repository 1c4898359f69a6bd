import { VerifiedTokens } from './verified-tokens.js';

const ann = { sub: 'ann', roles: [], teams: [] };
const LATER = 1_000_000;

it('remembers a token for half a minute', () => {
  const tokens = new VerifiedTokens();
  tokens.set('t', ann, 0, LATER);
  expect(tokens.get('t', 29_999)).toBe(ann);
  expect(tokens.get('t', 30_000)).toBeUndefined();
});

it('never remembers a token beyond its own end', () => {
  const tokens = new VerifiedTokens();
  tokens.set('t', ann, 0, 500);
  expect(tokens.get('t', 499)).toBe(ann);
  expect(tokens.get('t', 500)).toBeUndefined();
});

it('forgets the oldest of more than a thousand', () => {
  const tokens = new VerifiedTokens();
  for (let i = 0; i <= 1000; i++) tokens.set(`t${i}`, ann, 0, LATER);
  expect(tokens.get('t0', 0)).toBeUndefined();
  expect(tokens.get('t1000', 0)).toBe(ann);
});

it('does not keep tokens of more than 4 KiB', () => {
  const tokens = new VerifiedTokens();
  const token = 'x'.repeat(4097);
  tokens.set(token, ann, 0, LATER);
  expect(tokens.get(token, 0)).toBeUndefined();
});
