/** The basic characters of the 7-bit alphabet (GSM 03.38) and, at two septets each, those of its extension table. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Payload of one part of a concatenated message, and of a message that is alone. */
const SEPTETS = { alone: 160, part: 153 };
const UCS2_UNITS = { alone: 70, part: 67 };

/** Punctuation that word processors make, and what the 7-bit alphabet has for it. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[\u2010-\u2015\u2212\ufe58\ufe63]/g, '-'],
  [/[\u2018-\u201b\u2032\u00b4`]/g, "'"],
  [/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"'],
  [/\u2026/g, '...'],
  [/\u00d7/g, 'x'],
  [/[\u2022\u00b7]/g, '-'],
  [/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' '],
  [/[\u00ad\u200b\u2060\ufeff]/g, ''],
];

/** The same text in the 7-bit alphabet as far as it goes: letters stay, typographic punctuation and spaces are replaced. */
export function plainForSms(text: string): string {
  return PLAIN.reduce(
    (plain, [typographic, replacement]) => plain.replace(typographic, replacement),
    text.normalize('NFC'),
  );
}

export function isGsm7(text: string): boolean {
  return [...text].every((character) => BASIC.has(character) || EXTENSION.has(character));
}

/** How many parts a message is sent, and paid, in. A character is never split between two parts. */
export function smsParts(text: string): number {
  const isSevenBit = isGsm7(text);
  const { alone, part } = isSevenBit ? SEPTETS : UCS2_UNITS;
  const sizes = [...text].map((character) => (isSevenBit ? (EXTENSION.has(character) ? 2 : 1) : character.length));
  if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
  let [parts, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > part) [parts, used] = [parts + 1, 0];
    used += size;
  }
  return parts;
}
