import { MAX_NAME_LENGTH } from './fields.js';
import { foldToSlug } from './slug.js';

/** A value in the form in which it is stored, or why there is none. */
export type FoldedField = { readonly value: string } | { readonly error: string };

/** Fields of events that are kept in one form, however they are written; those of a read's or a rule's filter likewise. */
const FOLDS: Readonly<Record<string, (value: string) => FoldedField>> = {
  collection: foldCollection,
  method: foldMethod,
};

export function foldField(name: string, value: string): FoldedField {
  return Object.hasOwn(FOLDS, name) ? FOLDS[name]!(value) : { value };
}

/** Compatibility forms can be longer than the name (ﷺ has 18 letters), and a slug is part of the key of rollups. */
function foldCollection(name: string): FoldedField {
  const slug = foldToSlug(name);
  if (slug === '') return { error: 'must have at least one letter or digit' };
  return slug.length > MAX_NAME_LENGTH
    ? { error: `must be at most ${MAX_NAME_LENGTH} characters long as a slug` }
    : { value: slug };
}

/** Only ASCII: other letters may become longer than the field. */
function foldMethod(method: string): FoldedField {
  return { value: /^[a-z]+$/i.test(method) ? method.toUpperCase() : method };
}
