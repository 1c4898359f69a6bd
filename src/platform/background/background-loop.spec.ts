import { BackgroundLoop } from './background-loop.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('takes its turns from start to start, the first at once', async () => {
  let turns = 0;
  const loop = new BackgroundLoop(1_000, async () => void turns++);
  loop.start();
  loop.start();
  await jest.advanceTimersByTimeAsync(2_500);
  await loop.stop();
  expect(turns).toBe(3);
});

it('never overlaps itself: a slow turn delays the next one', async () => {
  let atOnce = 0;
  let most = 0;
  let turns = 0;
  const loop = new BackgroundLoop(1_000, async () => {
    most = Math.max(most, ++atOnce);
    turns++;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    atOnce--;
  });
  loop.start();
  await jest.advanceTimersByTimeAsync(9_000);
  const stopped = loop.stop();
  await jest.advanceTimersByTimeAsync(2_500);
  await stopped;
  expect(most).toBe(1);
  expect(turns).toBe(4);
});

it('stops once the turn in flight, which is told, has ended; and can be started again', async () => {
  let turns = 0;
  const loop = new BackgroundLoop(1_000, async (signal) => {
    turns++;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
  loop.start();
  await loop.stop();
  await loop.stop();
  await jest.advanceTimersByTimeAsync(5_000);
  expect(turns).toBe(1);
  loop.start();
  await loop.stop();
  expect(turns).toBe(2);
});
