import { batchEvents } from './demo-batches.js';

it('fills batches across slots and numbers the events', async () => {
  const batches = [];
  for await (const batch of batchEvents([['a', 'b'], [], ['c', 'd', 'e', 'f'], ['g']], 3)) batches.push(batch);
  expect(batches.map(({ sequence, events, lines }) => ({ sequence, events, lines }))).toEqual([
    { sequence: 0, events: ['a', 'b', 'c'], lines: [1, 2, 3] },
    { sequence: 1, events: ['d', 'e', 'f'], lines: [4, 5, 6] },
    { sequence: 2, events: ['g'], lines: [7] },
  ]);
});
