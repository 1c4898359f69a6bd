import { InvalidInputError } from '../errors/index.js';
import { decodeCursor, encodeCursor, isInstantMs, pageOf, readSerialPlace, readTimePlace } from './pagination.js';

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

describe('a place that is told by an instant and an id', () => {
  const id = '0189f7e2-0000-7000-8000-000000000000';

  it.each(['2026-11-22T10:00:00Z', '2024-02-29T10:00:00.123Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z'])(
    'is read with %s',
    (at) => expect(decodeCursor(encodeCursor([at, id]), readTimePlace)).toEqual({ at, id }),
  );

  it.each([
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '-000001-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T23:59:60Z',
    '2026-11-22T10:00:00',
    '2026-11-22',
    'infinity',
    'now',
    '',
    'epoch',
    0,
  ])('is refused with %p, by name', (at) => {
    const errors = [{ path: 'cursor', message: 'is not a cursor of this list' }];
    expect(() => decodeCursor(encodeCursor([at, id]), readTimePlace)).toThrow(expect.objectContaining({ errors }));
  });

  it.each(['', 'x', '0189f7e2-0000-7000-8000-00000000000', `${id}\0`])('is refused with the id %j', (other) => {
    expect(() => decodeCursor(encodeCursor(['2026-11-22T10:00:00Z', other]), readTimePlace)).toThrow();
  });
});

it.each([
  [-8.64e15, false],
  [8.64e15, false],
  [Date.UTC(2026, 1), true],
  [0.5, false],
  ['0', false],
])('takes %p for milliseconds of a year that can be stored: %p', (part, expected) =>
  expect(isInstantMs(part)).toBe(expected),
);

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
