import { Injectable } from '@nestjs/common';
import { MetricReader } from '../metrics/index.js';

/** As far back as anything is kept. */
const KEPT_MS = 1_096 * 86_400_000;
/** How long "none" holds: the first event shows within two seconds. "Some" holds for good, until the process ends. */
const NONE_HOLDS_MS = 1_000;

/** Whether anybody sends `api_request` events at all. */
@Injectable()
export class StoredEvents {
  private some = false;
  private noneUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly reader: MetricReader) {}

  async exist(now: Date): Promise<boolean> {
    if (this.some || now.getTime() < this.noneUntil) return this.some;
    const range = { from: new Date(now.getTime() - KEPT_MS), to: now };
    const { totals } = await this.reader.readTotals({ metrics: ['api.request_count'], range });
    this.some = totals['api.request_count']?.isZero() === false;
    this.noneUntil = now.getTime() + NONE_HOLDS_MS;
    return this.some;
  }
}
