import { isGsm7, plainForSms, smsParts } from './sms-text.js';

/** GSM 03.38, default alphabet, in the order of the standard's table (without the escape at 0x1b), and its extension. */
const ROWS = [
  '@£$¥èéùìòÇ\nØø\rÅå',
  'Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ',
  ' !"#¤%&\'()*+,-./',
  '0123456789:;<=>?',
  '¡ABCDEFGHIJKLMNO',
  'PQRSTUVWXYZÄÖÑÜ§',
  '¿abcdefghijklmno',
  'pqrstuvwxyzäöñüà',
];
const EXTENSION = '\f^{}\\[~]|€';

it('knows the 127 characters of the 7-bit alphabet and the ten of its extension, and no other of the first 65,536', () => {
  const alphabet = [...ROWS.join(''), ...EXTENSION];
  expect(alphabet).toHaveLength(127 + 10);
  const accepted = Array.from({ length: 65_536 }, (_, code) => String.fromCharCode(code)).filter(isGsm7);
  expect(accepted.sort()).toEqual(alphabet.sort());
});

it.each([
  [1, 'a'.repeat(160)],
  [2, 'a'.repeat(161)],
  [2, 'a'.repeat(2 * 153)],
  [3, 'a'.repeat(2 * 153 + 1)],
  [1, '€'.repeat(80)],
  [2, '€'.repeat(81)],
  // The escape of the euro sign and the sign itself stay together: one septet of the first part is left empty.
  [2, `${'a'.repeat(152)}€${'a'.repeat(151)}`],
  [3, `${'a'.repeat(152)}€${'a'.repeat(152)}`],
  [1, 'ž'.repeat(70)],
  [2, 'ž'.repeat(71)],
  [3, 'ž'.repeat(2 * 67 + 1)],
  [1, '😀'.repeat(35)],
  // 33 pairs fill 66 of 67 units.
  [2, '😀'.repeat(66)],
  [3, '😀'.repeat(67)],
])('counts %i parts', (parts, text) => {
  expect(smsParts(text)).toBe(parts);
});

it.each([
  ['Failures - "top" provider\'s', 'Failures – “top” provider’s'],
  ['5 % of 1 234 x ...', '5 % of 1 234 × …'],
  ["it's - here", 'it`s · here'],
  ['café', 'cafe\u0301'],
  ['Ждём 😀', 'Ждём 😀'],
])('writes %s in plain characters and leaves letters alone', (plain, text) => {
  expect(plainForSms(text)).toBe(plain);
});
