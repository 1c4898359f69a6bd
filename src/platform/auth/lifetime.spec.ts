import { parseLifetime } from './lifetime.js';

it.each([
  ['90s', 90],
  ['15m', 900],
  ['12h', 43_200],
  ['366d', 31_622_400],
])('reads %s', (text, seconds) => {
  expect(parseLifetime(text)).toBe(seconds);
});

it.each(['', '12', 'h', '0h', '-1h', '1.5h', '12 h', '1w', '367d', '999999999d', '1h30m'])('refuses "%s"', (text) => {
  expect(parseLifetime(text)).toBeUndefined();
});
