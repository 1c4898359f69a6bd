import fc from 'fast-check';
import { addState, emptyState, type State } from './state.js';
import { SlidingStates } from './sliding-states.js';

const counted = (count: number): State => ({ count, sums: {} });

it('gives every window the total of its buckets, however it moves forward', () => {
  const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 60 }), steps, (counts, moves) => {
      const states = new Map(counts.flatMap((count, bucket) => (count > 0 ? [[bucket, counted(count)] as const] : [])));
      const sliding = new SlidingStates(states);
      let [from, to] = [0, 0];
      for (const [dropped, added] of moves) {
        to += added;
        from = Math.min(to, from + dropped);
        const expected = emptyState();
        for (let bucket = from; bucket < to; bucket++) {
          const state = states.get(bucket);
          if (state) addState(expected, state);
        }
        expect(sliding.moveTo(from, to)?.count ?? 0).toBe(expected.count);
      }
    }),
  );
});

it('leaves the states as they were', () => {
  const states = new Map([
    [0, counted(1)],
    [1, counted(2)],
    [2, counted(4)],
  ]);
  const sliding = new SlidingStates(states);
  expect([sliding.moveTo(0, 2), sliding.moveTo(1, 3), sliding.moveTo(2, 3)].map((state) => state?.count)).toEqual([
    3, 6, 4,
  ]);
  expect([...states.values()].map(({ count }) => count)).toEqual([1, 2, 4]);
});
