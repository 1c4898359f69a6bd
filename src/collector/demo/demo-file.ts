import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CommandError, formatCount, startProgress } from '../../platform/cli/index.js';
import type { Period, ShopPlan } from './shop/plan.js';
import { Shop } from './shop/shop.js';

/** Writes a shop's events to a new file, compressed where its name ends in `.gz`. @returns the line that says so */
export async function writeDemoFile(
  path: string,
  demo: { plan: ShopPlan; period: Period },
  signal: AbortSignal,
): Promise<string> {
  const { fromMs, untilMs } = demo.period;
  const progress = startProgress({ label: path, total: untilMs - fromMs, unit: 'events' });
  const startedMs = performance.now();
  let count = 0;
  const chunks = drawChunks(demo, (events, drawnMs) => {
    count += events;
    progress.update({ done: drawnMs, count });
  });
  try {
    await writeNewFile(path, chunks, signal);
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return `${path}: ${formatCount(count)} events written in ${seconds.toFixed(1)} s (${formatCount(count / seconds)} events/s)`;
}

function* drawChunks(
  { plan, period }: { plan: ShopPlan; period: Period },
  onChunk: (events: number, drawnMs: number) => void,
): Generator<string> {
  let drawnMs = 0;
  for (const events of new Shop(plan).draw(period, (untilMs) => (drawnMs = untilMs - period.fromMs))) {
    onChunk(events.length, drawnMs);
    if (events.length > 0) yield `${events.join('\n')}\n`;
  }
}

async function writeNewFile(path: string, chunks: Iterable<string>, signal: AbortSignal): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx' });
  const source = Readable.from(chunks, { highWaterMark: 4 });
  try {
    if (path.endsWith('.gz')) await pipeline(source, createGzip({ level: 1 }), file, { signal });
    else await pipeline(source, file, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new CommandError(`${path} exists already: delete it or name another file.`);
    throw new CommandError(`Cannot write ${path}: ${message}.`);
  }
}
