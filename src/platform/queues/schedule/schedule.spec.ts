import { defineJob } from '../job.js';
import { currentTick, isSuperseded, nextTick, tickJobId, type Schedule } from './schedule.js';

const job = defineJob({ name: 'sweep', queue: 'maintenance' });
const minutely: Schedule = { name: 'sweep', everySeconds: 60, job };
const daily: Schedule = { name: 'prune', everySeconds: 86_400, offsetSeconds: 3 * 3_600 + 600, job };

const at = (instant: string): Date => new Date(instant);

it('puts every process on the same tick, whenever it looks', () => {
  for (const now of ['2026-11-22T10:01:00.000Z', '2026-11-22T10:01:00.001Z', '2026-11-22T10:01:59.999Z']) {
    expect(currentTick(minutely, at(now))).toEqual(at('2026-11-22T10:01:00Z'));
    expect(nextTick(minutely, at(now))).toEqual(at('2026-11-22T10:02:00Z'));
  }
});

it('shifts ticks by the offset', () => {
  expect(currentTick(daily, at('2026-11-22T03:09:59Z'))).toEqual(at('2026-11-21T03:10:00Z'));
  expect(currentTick(daily, at('2026-11-22T03:10:00Z'))).toEqual(at('2026-11-22T03:10:00Z'));
});

it('names the job after the tick, without colons', () => {
  expect(tickJobId(minutely, at('2026-11-22T10:01:00Z'))).toBe('sweep_2026-11-22T10-01-00Z');
});

it('gives a tick up after two periods, but not within its first minute', () => {
  const tick = { schedule: 'sweep', at: '2026-11-22T10:00:00.000Z', everySeconds: 60 };
  expect(isSuperseded(tick, at('2026-11-22T10:01:59.999Z'))).toBe(false);
  expect(isSuperseded(tick, at('2026-11-22T10:02:00Z'))).toBe(true);
  expect(isSuperseded({ ...tick, everySeconds: 1 }, at('2026-11-22T10:00:59Z'))).toBe(false);
  expect(isSuperseded({ ...tick, everySeconds: 1 }, at('2026-11-22T10:01:00Z'))).toBe(true);
});
