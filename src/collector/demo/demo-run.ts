import { ExitCode, startProgress, type Progress } from '../../platform/cli/index.js';
import { DEFAULT_BATCH_SIZE, deliver, describeTally, Tally, type Batch, type BatchOutcome } from '../import/index.js';
import { batchEvents } from './demo-batches.js';
import type { DemoState } from './demo-state.js';
import { describeNextSteps } from './next-steps.js';
import type { ShopPlan } from './shop/plan.js';
import { Shop } from './shop/shop.js';

export interface DemoRequest {
  days: number;
  /** Draws up to now even where an earlier run of today ended before. */
  extend: boolean;
}

export interface DemoSurroundings {
  target: string;
  send: (batch: Batch, signal: AbortSignal) => Promise<BatchOutcome>;
  showNotesOn: (progress: Progress) => void;
  connections: number;
  state: DemoState;
  now: () => Date;
  print: (line: string) => void;
}

const DAY_MS = 86_400_000;

/** Draws a shop's last days up to now and sends them to a service. */
export async function runDemo(
  plan: ShopPlan,
  request: DemoRequest,
  surroundings: DemoSurroundings,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { target, print, state, now } = surroundings;
  await state.prepare();
  const nowMs = now().getTime();
  const untilMs = await state.chooseEnd({ plan, target }, nowMs, request.extend);
  const period = { fromMs: startOfDay(nowMs) - request.days * DAY_MS, untilMs };
  print(`A shop from ${toText(period.fromMs)} to ${toText(period.untilMs)}, seed ${plan.seed}.`);
  if (untilMs < nowMs)
    print(
      'It ends where an earlier run of today ended, so that a repeat gives duplicates only; --extend goes on to now.',
    );
  const shop = new Shop(plan);
  const tally = await sendShop(shop, period, surroundings, signal);
  print('');
  describeTally('demo', tally).forEach(print);
  describeNextSteps(target, { days: request.days, incidentsMs: shop.calendar.incidents(period) }).forEach(print);
  return tally.tally.rejected > 0 ? ExitCode.rejected : ExitCode.ok;
}

async function sendShop(
  shop: Shop,
  period: { fromMs: number; untilMs: number },
  { send, showNotesOn, connections }: DemoSurroundings,
  signal: AbortSignal,
): Promise<Parameters<typeof describeTally>[1]> {
  const startedMs = performance.now();
  const tally = new Tally();
  const progress = startProgress({ label: 'demo', total: period.untilMs - period.fromMs, unit: 'events' });
  showNotesOn(progress);
  let drawnMs = 0;
  let sent = 0;
  const onOutcome = (outcome: BatchOutcome): void => {
    sent += outcome.accepted + outcome.duplicates + outcome.rejected.length;
    progress.update({ done: drawnMs, count: sent });
  };
  const listener = { onOutcome, onPrefix: (_: unknown, outcome: BatchOutcome) => tally.add(outcome) };
  const slots = shop.draw(period, (untilMs) => (drawnMs = untilMs - period.fromMs));
  try {
    await deliver(batchEvents(slots, DEFAULT_BATCH_SIZE), { send, concurrency: connections, listener }, signal);
  } finally {
    progress.stop();
  }
  return { tally: tally.snapshot(), sent, seconds: (performance.now() - startedMs) / 1000 };
}

export function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function toText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
