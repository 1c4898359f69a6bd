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
])('%j folds to %j', (name, slug) => {
  expect(foldToSlug(name)).toBe(slug);
});

it('leaves a slug as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => expect(foldToSlug(foldToSlug(name))).toBe(foldToSlug(name))),
  );
});
