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
