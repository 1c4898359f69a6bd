import { newEventId, timeOfUuidV7 } from './event-id.js';

const NOW = Date.parse('2026-11-22T10:00:00.123Z');

it('makes UUIDs of version 7 that carry their time', () => {
  const id = newEventId(NOW);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOfUuidV7(id)).toBe(NOW);
  expect(timeOfUuidV7(id.toUpperCase())).toBe(NOW);
});

it('never makes the same id twice', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => newEventId(NOW))).size).toBe(1_000);
});

it.each([
  '371297d6-06b5-5484-a8d6-06d06a93c739',
  '00000000-0000-0000-0000-000000000000',
  '019ab7d6-06b5-7484-08d6-06d06a93c739',
])('finds no time in %s', (uuid) => {
  expect(timeOfUuidV7(uuid)).toBeUndefined();
});
