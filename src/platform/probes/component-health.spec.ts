import { Logger } from '../logging/index.js';
import { ComponentHealth, type ComponentState } from './component-health.js';

const HEALTHY: ComponentState = { status: 'healthy', detail: 'Fine.' };

function healthOf(check: () => Promise<ComponentState>): ComponentHealth {
  const health = new ComponentHealth(Logger.create('silent'));
  health.register({ name: 'database', check });
  return health;
}

it('shows what a component says of itself', async () => {
  await expect(healthOf(async () => HEALTHY).states()).resolves.toEqual({ database: HEALTHY });
});

it('calls a component down that cannot be looked at, without its secrets', async () => {
  const health = healthOf(() => Promise.reject(new Error('postgres://u:secret@h refused')));
  const { database } = await health.states();
  expect(database?.status).toBe('down');
  expect(database?.detail).not.toContain('secret');
});

it('answers in a third of a second while a component hangs: degraded, then down, and one look at a time', async () => {
  jest.useFakeTimers();
  let looks = 0;
  const health = healthOf(() => {
    looks++;
    return new Promise(() => undefined);
  });
  const statusAfterPatience = async () => {
    const states = health.states();
    await jest.advanceTimersByTimeAsync(300);
    return (await states)['database']?.status;
  };
  expect(await statusAfterPatience()).toBe('degraded');
  await jest.advanceTimersByTimeAsync(1_500);
  expect(await statusAfterPatience()).toBe('down');
  expect(looks).toBe(1);
  jest.useRealTimers();
});

it('stays down while looks fail one after the other, however late each of them, until one finds it well', async () => {
  jest.useFakeTimers();
  let isWell = false;
  const health = healthOf(async () => {
    if (isWell) return HEALTHY;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    throw new Error('timeout');
  });
  const statusAfter = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
    const states = health.states();
    await jest.advanceTimersByTimeAsync(300);
    return (await states)['database'];
  };
  expect((await statusAfter(0))?.status).toBe('degraded');
  for (const ms of [2_000, 3_000, 15_000, 1_200]) expect((await statusAfter(ms))?.status).toBe('down');
  expect((await statusAfter(2_500))?.detail).toMatch(/^It has not answered for 2\d\.\d s\.$/);
  isWell = true;
  await jest.advanceTimersByTimeAsync(3_000);
  expect(await statusAfter(0)).toEqual(HEALTHY);
  isWell = false;
  expect((await statusAfter(2_000))?.status).toBe('degraded');
  jest.useRealTimers();
});

it('does not look more than once a second, however often it is asked', async () => {
  let looks = 0;
  const health = healthOf(async () => {
    looks++;
    return HEALTHY;
  });
  await Promise.all([health.states(), health.states()]);
  await health.states();
  expect(looks).toBe(1);
});
