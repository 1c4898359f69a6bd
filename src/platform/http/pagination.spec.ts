import { InvalidInputError } from '../errors/index.js';
import { decodeCursor, encodeCursor, pageOf, readSerialPlace } from './pagination.js';

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

it('is on the first page without a cursor', () => {
  expect(decodeCursor(undefined, readPlace)).toBeUndefined();
});

it('ends a page with the place of its last item, where one more was found', () => {
  const found = [{ id: 9 }, { id: 8 }, { id: 7 }];
  const placeOf = ({ id }: { id: number }) => [id];
  expect(pageOf(found, 2, placeOf)).toEqual({ items: [{ id: 9 }, { id: 8 }], next_cursor: encodeCursor([8]) });
  expect(pageOf(found, 3, placeOf)).toEqual({ items: found, next_cursor: null });
  expect(pageOf([], 3, placeOf)).toEqual({ items: [], next_cursor: null });
});

it.each([
  ['7', '7'],
  ['9'.repeat(18), '9'.repeat(18)],
  ['9'.repeat(19), undefined],
  ['-7', undefined],
  [7, undefined],
  [undefined, undefined],
])('reads the serial place %p as %p', (id, place) => {
  expect(readSerialPlace([id])).toBe(place);
});
