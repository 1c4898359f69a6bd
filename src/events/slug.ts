const ALREADY_A_SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const OTHER_CHARACTERS = /[^\p{L}\p{M}\p{N}]+/gu;

/**
 * Folds a name to its slug: composed, lower case, every run of characters other than letters and digits becomes one
 * `-`, none at the ends. Letters of any script stay as they are ("Café Noir" → "café-noir"), so that two names in
 * another script never become one. Empty where a name has neither letter nor digit.
 */
export function foldToSlug(name: string): string {
  if (ALREADY_A_SLUG.test(name)) return name;
  return name.normalize('NFC').toLowerCase().replace(OTHER_CHARACTERS, '-').replace(/^-|-$/g, '');
}
