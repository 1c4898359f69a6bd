const ALREADY_A_SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const TRADE_MARKS = /[™®©℠]/g;
/** Some of them would become letters by NFKC: ℹ an i, Ⓜ an M, ㊗ a 祝. */
const EMOJI = /\p{Extended_Pictographic}/gu;
/** Marks that show nothing themselves but choose how the character before them looks, and invisible fillers. */
const INVISIBLE = /[\p{Variation_Selector}\u20E3\u034F\u115F\u1160\u3164\uFFA0]/gu;
/** A combining mark belongs to the letter or digit that it follows; anywhere else it is the rest of a symbol. */
const LETTERS_AND_DIGITS = /(?:[\p{L}\p{N}]\p{M}*)+/gu;

/**
 * Folds a name to its slug: without signs of trade marks, in compatibility form (NFKC), lower case, every run of what is
 * no letter or digit one `-`, none at the ends. Letters of any script stay as they are ("Café Noir" → "café-noir"), so
 * that two names in another script never become one. Empty where a name has neither letter nor digit.
 */
export function foldToSlug(name: string): string {
  if (ALREADY_A_SLUG.test(name)) return name;
  const plain = name.replace(TRADE_MARKS, '').replace(EMOJI, ' ').replace(INVISIBLE, '').normalize('NFKC');
  // Lower case may take a character apart again (İ), and what NFKC made may be invisible as well.
  const folded = plain.toLowerCase().normalize('NFKC').replace(INVISIBLE, '');
  return (folded.match(LETTERS_AND_DIGITS) ?? []).join('-');
}
