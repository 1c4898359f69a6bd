import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StateFolder } from '../import/index.js';
import type { ShopPlan } from './shop/plan.js';

interface RememberedEnd {
  /** UTC date. */
  day: string;
  untilMs: number;
}

/** Remembers up to when a shop was drawn today, so that a repeat on the same day draws exactly the same events. */
export class DemoState {
  private readonly folder: StateFolder;

  constructor(dataDir: string) {
    this.folder = new StateFolder(join(dataDir, 'demo'));
  }

  prepare(): Promise<void> {
    return this.folder.prepare();
  }

  /** The end that holds today: the one of an earlier run, or `nowMs`. */
  async chooseEnd(of: { plan: ShopPlan; target: string }, nowMs: number, extend: boolean): Promise<number> {
    const name = nameOf(of);
    const day = new Date(nowMs).toISOString().slice(0, 10);
    const remembered = (await this.folder.read(name)) as RememberedEnd | undefined;
    if (remembered?.day === day && !extend) return remembered.untilMs;
    await this.folder.write(name, { day, untilMs: nowMs, ...of });
    return nowMs;
  }
}

function nameOf({ plan, target }: { plan: ShopPlan; target: string }): string {
  return `${createHash('sha256')
    .update(JSON.stringify([plan, target]))
    .digest('hex')
    .slice(0, 24)}.json`;
}
