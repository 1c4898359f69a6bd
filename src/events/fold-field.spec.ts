import { foldField } from './fold-field.js';

it.each([
  ['collection', 'Black Rose', { value: 'black-rose' }],
  ['collection', '***', { error: 'must have at least one letter or digit' }],
  ['collection', 'ﷺ'.repeat(500), { error: 'must be at most 500 characters long as a slug' }],
  ['method', 'post', { value: 'POST' }],
  ['method', 'M-SEARCH', { value: 'M-SEARCH' }],
  ['method', 'ß', { value: 'ß' }],
  ['provider', 'Replicate', { value: 'Replicate' }],
  ['constructor', 'x', { value: 'x' }],
])('folds the %s %s as ingestion does', (name, value, folded) => {
  expect(foldField(name, value)).toEqual(folded);
});
