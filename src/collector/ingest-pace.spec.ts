import { shareOfTime } from './ingest-pace.js';
import type { RollupBacklog } from './store/rollup-backlog.repository.js';

const NOW = new Date('2026-11-22T10:00:00Z');
const FROM_SECONDS = 60;

function shareWith(backlog: Partial<RollupBacklog>): number {
  const lastRolledUpAt = new Date(NOW.getTime() - 5_000);
  return shareOfTime({ lagSeconds: 300, lastRolledUpAt, isCatchingUp: false, ...backlog }, NOW, FROM_SECONDS);
}

it.each([
  [0, 1],
  [60, 1],
  [80, 0.55],
  [100, 0.1],
  [3_600, 0.1],
])('leaves commits at a lag of %d s the share %d of the time', (lagSeconds, share) => {
  expect(shareWith({ lagSeconds })).toBeCloseTo(share, 9);
});

it.each<[string, Partial<RollupBacklog>]>([
  ['no worker ever rolled anything up', { lastRolledUpAt: null }],
  ['the worker is gone', { lastRolledUpAt: new Date(NOW.getTime() - 60_000) }],
  ['older minutes wait as well: a backfill, or an outage', { isCatchingUp: true }],
])('slows nothing when %s', (_, backlog) => {
  expect(shareWith(backlog)).toBe(1);
});
