import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoState } from './demo-state.js';

const shop = {
  plan: { seed: 'a', eventsPerDay: 100, collections: ['x'], currencies: ['USD'] },
  target: 'http://127.0.0.1:3000',
};
const MORNING = Date.parse('2026-11-22T09:00:00Z');
const EVENING = Date.parse('2026-11-22T21:00:00Z');
const NEXT_DAY = Date.parse('2026-11-23T00:00:00Z');

let dataDir: string;
let state: DemoState;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'demo-state-'));
  state = new DemoState(dataDir);
  await state.prepare();
});

afterEach(() => rm(dataDir, { recursive: true }));

it('ends a repeat of the same day where the first run ended', async () => {
  expect(await state.chooseEnd(shop, MORNING, false)).toBe(MORNING);
  expect(await state.chooseEnd(shop, EVENING, false)).toBe(MORNING);
});

it('goes on to now when asked, and ends there from then on', async () => {
  await state.chooseEnd(shop, MORNING, false);
  expect(await state.chooseEnd(shop, EVENING, true)).toBe(EVENING);
  expect(await state.chooseEnd(shop, EVENING + 1_000, false)).toBe(EVENING);
});

it('goes on to now on another day', async () => {
  await state.chooseEnd(shop, EVENING, false);
  expect(await state.chooseEnd(shop, NEXT_DAY, false)).toBe(NEXT_DAY);
});

it('keeps shops and services apart', async () => {
  await state.chooseEnd(shop, MORNING, false);
  expect(await state.chooseEnd({ ...shop, target: 'http://127.0.0.1:3001' }, EVENING, false)).toBe(EVENING);
  expect(await state.chooseEnd({ ...shop, plan: { ...shop.plan, seed: 'b' } }, EVENING, false)).toBe(EVENING);
});
