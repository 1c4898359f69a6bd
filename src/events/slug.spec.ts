import fc from 'fast-check';
import { foldToSlug } from './slug.js';

it.each([
  ['Black Rose', 'black-rose'],
  ['black-rose', 'black-rose'],
  ['  Love  &  Hurts! ', 'love-hurts'],
  ['LOVE_HURTS', 'love-hurts'],
  ['--a--b--', 'a-b'],
  ['Café Noir', 'café-noir'],
  ['Cafe\u0301 Noir', 'café-noir'],
  ['黒い 薔薇', '黒い-薔薇'],
  ['2024', '2024'],
  ['!!!', ''],
  ['Love \u2764\uFE0F Hurts', 'love-hurts'],
  ['Love \u2764 Hurts', 'love-hurts'],
  ['Signature\u2122\uFE0F', 'signature'],
  ['Signature™', 'signature'],
  ['Sig®na©ture℠', 'signature'],
  ['\u2764\uFE0F', ''],
  ['\uFE0F', ''],
  ['🌹🖤', ''],
  ['1\uFE0F\u20E3', '1'],
  ['No. 1\uFE0F\u20E3 Hits', 'no-1-hits'],
  ['#\uFE0F\u20E3', ''],
  ['Sun\u2600\uFE0Fflower', 'sun-flower'],
  ['👩🏽\u200D🚀 Crew', 'crew'],
  ['🇩🇪 Edition', 'edition'],
  ['\u2139\uFE0F Info \u24C2\uFE0F', 'info'],
  ['㊗️ 2026', '2026'],
  ['葛\u{E0100}城', '葛城'],
  ['Love \u2764\u0301 Hurts', 'love-hurts'],
  ['\u0301', ''],
  ['q\u0301\u0323 x', 'q\u0323\u0301-x'],
  ['नमस्ते दुनिया', 'नमस्ते-दुनिया'],
  ['เก้าอี้', 'เก้าอี้'],
  ['Ｂｌａｃｋ　Ｒｏｓｅ', 'black-rose'],
  ['ﬁne ½', 'fine-1-2'],
  ['Ⅷ', 'viii'],
  ['m²', 'm2'],
  ['\u3164', ''],
])('%j folds to %j', (name, slug) => {
  expect(foldToSlug(name)).toBe(slug);
});

const anyName = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'aİΣé1 -™®\u0301\uFE0F\u20E3\u2764\u2139\u{E0100}ª½ﬁ葛\u3164\u200D') }),
);

it('leaves a slug as it is', () => {
  fc.assert(fc.property(anyName, (name) => expect(foldToSlug(foldToSlug(name))).toBe(foldToSlug(name))));
});

it('is the same whether or not a phone put selectors behind the characters', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const typed = [...name].map((character) => `${character}\uFE0F`).join('');
      expect(foldToSlug(typed)).toBe(foldToSlug(name));
    }),
  );
});

it('has letters, digits and their marks, and one - between runs of them', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      expect(foldToSlug(name)).toMatch(/^(?:(?:[\p{L}\p{N}]\p{M}*)+(?:-(?:[\p{L}\p{N}]\p{M}*)+)*)?$/u);
      expect(foldToSlug(name)).not.toMatch(/[\p{Lu}\uFE00-\uFE0F\u20E3\u{E0100}-\u{E01EF}]/u);
    }),
  );
});
