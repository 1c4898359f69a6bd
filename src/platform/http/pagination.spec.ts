import { InvalidInputError } from '../errors/index.js';
import { decodeCursor, encodeCursor } from './pagination.js';

const readPlace = ([at, id]: unknown[]) => (typeof at === 'string' && typeof id === 'number' ? { at, id } : undefined);

it('reads back what it wrote', () => {
  expect(decodeCursor(encodeCursor(['2026-11-22T10:00:00Z', 7]), readPlace)).toEqual({
    at: '2026-11-22T10:00:00Z',
    id: 7,
  });
});

it.each([
  '',
  'a b',
  '%%%',
  '!',
  'e30',
  'bm90IGpzb24',
  encodeCursor([]),
  encodeCursor([1, 'x']),
  `${encodeCursor(['a', 1])}=`,
])('refuses the cursor %j by name', (cursor) => {
  try {
    decodeCursor(cursor, readPlace);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).errors[0]?.path).toBe('cursor');
    return;
  }
  throw new Error('It was accepted.');
});
