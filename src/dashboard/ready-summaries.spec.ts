import { keepable } from './kept-section.js';
import { ReadySummaries } from './ready-summaries.js';

const AT = Date.parse('2026-11-22T10:00:00Z');
const health = keepable({ status: 'healthy', meta: {} }, AT);
const sales = keepable({ orders: 3, meta: {} }, AT + 1);

it('puts the same sections together once', () => {
  const ready = new ReadySummaries();
  const first = ready.of(['health', 'business'], [health, sales]);
  expect(ready.of(['health', 'business'], [health, sales])).toBe(first);
  expect(JSON.parse(first.body.toString())).toEqual({
    system_health: { status: 'healthy', meta: {} },
    business: { orders: 3, meta: {} },
    meta: {
      sections: {
        health: { status: 'ok', generated_at: '2026-11-22T10:00:00.000Z', cached: true },
        business: { status: 'ok', generated_at: '2026-11-22T10:00:00.001Z', cached: true },
      },
    },
  });
});

it('tells apart what begins alike', () => {
  const ready = new ReadySummaries();
  const both = ready.of(['health', 'business'], [health, sales]);
  const alone = ready.of(['health'], [health]);
  expect(Object.keys(JSON.parse(alone.body.toString()))).toEqual(['system_health', 'meta']);
  expect(alone.tag).not.toBe(both.tag);
});

it('puts them together anew when one of them is another', () => {
  const ready = new ReadySummaries();
  const before = ready.of(['health', 'business'], [health, sales]);
  const after = ready.of(['health', 'business'], [health, keepable({ orders: 4, meta: {} }, AT)]);
  expect(JSON.parse(after.body.toString())).toMatchObject({ business: { orders: 4 } });
  expect(after.tag).not.toBe(before.tag);
});

it('has the same tag for the same figures computed later', () => {
  const ready = new ReadySummaries();
  const before = ready.of(['business'], [sales]);
  const after = ready.of(['business'], [keepable({ orders: 3, meta: { stale: true } }, AT + 45_000)]);
  expect(after.tag).toBe(before.tag);
  expect(after.body).not.toEqual(before.body);
});
