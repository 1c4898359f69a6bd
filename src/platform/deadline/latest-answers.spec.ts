import { LatestAnswers } from './latest-answers.js';

const AT = new Date(0);
const answers = () => new LatestAnswers<number>({ patienceMs: 20, maxEntries: 2 });
const never = () => new Promise<number>(() => undefined);

it('hands out a new answer when it comes in time, and the last good one when it does not', async () => {
  const latest = answers();
  expect(await latest.get('a', AT, async () => 1)).toEqual({ value: 1, at: AT, fresh: true });
  expect(await latest.get('a', AT, () => Promise.reject(new Error('down')))).toMatchObject({ value: 1, fresh: false });
  expect(await latest.get('a', AT, never)).toMatchObject({ value: 1, fresh: false });
});

it('has nothing to say before the first good answer', async () => {
  expect(await answers().get('a', AT, never)).toBeUndefined();
});

it('asks once at a time, and keeps what comes too late for the next one', async () => {
  const latest = answers();
  let asked = 0;
  let answer: (value: number) => void = () => undefined;
  const load = () => {
    asked++;
    return new Promise<number>((resolve) => (answer = resolve));
  };
  expect(await Promise.all([latest.get('a', AT, load), latest.get('a', AT, load)])).toEqual([undefined, undefined]);
  expect(asked).toBe(1);
  answer(7);
  expect(await latest.get('a', AT, never)).toMatchObject({ value: 7 });
});

it('forgets the answers that were asked for least recently', async () => {
  const latest = answers();
  for (const key of ['a', 'b', 'c']) await latest.get(key, AT, async () => 1);
  expect(await latest.get('a', AT, never)).toBeUndefined();
  expect(await latest.get('c', AT, never)).toMatchObject({ value: 1 });
});
