import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { DeadlineExceededError, within } from './index.js';

it('passes on what is in time, good or bad', async () => {
  await expect(within(1_000, 'Counting', Promise.resolve(3))).resolves.toBe(3);
  await expect(within(1_000, 'Counting', Promise.reject(new Error('lost count')))).rejects.toThrow('lost count');
});

it('gives up on what is late, and is not hurt when that fails later', async () => {
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise((_resolve, reject) => (fail = reject));
  const outcome = within(5, 'Counting', late);
  await expect(outcome).rejects.toThrow(new DeadlineExceededError('Counting', 5));
  fail(new Error('too late'));
});

it('takes what has arrived while the process itself was busy', async () => {
  await new Promise(setImmediate); // timers are next, before what arrives
  const arriving = within(5, 'Looking', stat(tmpdir()));
  const busyUntil = performance.now() + 300;
  while (performance.now() < busyUntil);
  await expect(arriving).resolves.toBeDefined();
});
