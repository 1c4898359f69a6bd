import { cut, oneLine } from './one-line.js';

it('makes one line of a text that holds line breaks and characters that turn it around', () => {
  expect(oneLine(' a\r\nBcc: b\u2028c\u202ed\u0000 ')).toBe('a Bcc: b c d');
});

it.each([
  ['short', 10, 'short'],
  ['0123456789', 10, '0123456789'],
  ['0123456789A', 10, '0123456...'],
  ['0123 56 89A', 8, '0123...'],
  ['012345😀😀', 9, '012345...'],
  ['01234😀😀', 9, '01234😀😀'],
  ['01234😀😀x', 9, '01234...'],
])('cuts %j to %i units: %j', (text, length, shortened) => {
  expect(cut(text, length)).toBe(shortened);
});
