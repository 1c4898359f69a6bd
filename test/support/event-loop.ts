import { join } from 'node:path';
import type { StartedApp } from './app.js';
import { ROOT } from './app-process.js';

/** For the environment of an app whose event loop is to be watched. */
export const WATCH_EVENT_LOOP = { NODE_OPTIONS: `--require=${join(ROOT, 'test/fixtures/event-loop-probe.cjs')}` };

/** For how long the event loop was blocked at most since this was asked last; time that other processes took apart. */
export async function blockedMs(app: StartedApp): Promise<number> {
  const ask = () => app.request('/metrics');
  // A kept-alive connection may have been closed after a body that was refused unread.
  const { text } = await ask().catch(ask);
  const worst = /^test_event_loop_blocked_ms (\S+)$/m.exec(text)?.[1];
  if (worst === undefined) throw new Error('The event loop of this app is not watched.');
  return Number(worst);
}
