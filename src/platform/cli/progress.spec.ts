import { formatDuration } from './format.js';
import { startProgress } from './progress.js';

class FakeStream {
  text = '';
  write(chunk: string | Uint8Array): boolean {
    this.text += String(chunk);
    return true;
  }
}

it('writes a plain line every few seconds where there is no terminal', () => {
  const stream = new FakeStream();
  let nowMs = 0;
  const progress = startProgress({ label: 'orders', total: 1_000, unit: 'events', stream, now: () => nowMs });
  for (nowMs = 1_000; nowMs <= 10_000; nowMs += 1_000) progress.update({ done: nowMs / 20, count: nowMs });
  progress.stop();
  expect(stream.text.split('\n')).toEqual([
    'orders: 25 %, 5,000 events, 1,000 events/s, 15 s left',
    'orders: 50 %, 10,000 events, 1,000 events/s, 10 s left',
    '',
  ]);
});

it('passes notes on at once', () => {
  const stream = new FakeStream();
  startProgress({ label: 'orders', total: 0, unit: 'events', stream }).note('waiting');
  expect(stream.text).toBe('waiting\n');
});

it.each([
  [undefined, '?'],
  [0.4, '0 s'],
  [59.6, '1 min 0 s'],
  [3671, '1 h 1 min'],
])('writes %p seconds as %p', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
