import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { until } from '../support/app-process.js';
import { API, type StartedApp } from '../support/app.js';

/** A tick that is lost with its worker is made up for by the next one; a crowded machine takes its time all the same. */
const DECIDED_MS = 60_000;
const MAX_PAUSE_MS = 1_500;

/** One product whose stock runs out and is filled up again, each time as soon as the alert has followed. */
export class StockShelf {
  /** How often it ran out: so many episodes there have to be. */
  shortages = 0;

  constructor(
    readonly product: string,
    private readonly app: StartedApp,
    private readonly database: Pool,
  ) {}

  async runOutAndFillUp(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.report(0);
      this.shortages += 1;
      await this.becomes('firing');
      await sleep(Math.random() * MAX_PAUSE_MS);
      await this.report(100);
      await this.becomes('resolved');
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }

  private async report(quantity: number): Promise<void> {
    const events = [{ event_type: 'inventory', product_id: this.product, quantity }];
    const { status, text } = await this.app.request(`${API}/events`, { role: 'service', json: { events } });
    if (status !== 202) throw new Error(`The stock was not taken: ${text}`);
  }

  /** Until the last of exactly as many episodes as there were shortages is in this state. */
  private async becomes(status: string): Promise<void> {
    let found: string[] = [];
    await until(
      async () => {
        const { rows } = await this.database.query<{ status: string }>(
          'SELECT status FROM alert_history WHERE group_value = $1 ORDER BY triggered_at',
          [this.product],
        );
        found = rows.map((row) => row.status);
        return found.length >= this.shortages && found.at(-1) === status;
      },
      DECIDED_MS,
      () => `${this.product} ran out ${this.shortages} times and should be ${status}; it has: ${found.join(', ')}`,
    );
  }
}
