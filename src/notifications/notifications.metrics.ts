import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import type { Channel, Severity } from './domain/channel.js';
import { SloService } from './slo/slo.service.js';
import { makeCollectedGaugeProvider } from '../platform/telemetry/index.js';
import type { SendOutcome } from './domain/send-outcome.js';

const DELAY = 'notification_delivery_seconds';
const ATTEMPTS = 'notification_attempts_total';

export const notificationMetricProviders: Provider[] = [
  makeHistogramProvider({
    name: DELAY,
    help: 'From the detection of an alert (or the end of quiet hours) until a provider accepted a message about it.',
    labelNames: ['channel', 'severity'],
    buckets: [0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10, 20, 30, 60, 120, 300, 900],
  }),
  makeCounterProvider({
    name: ATTEMPTS,
    help: 'Attempts to send, by how they ended: sent, retry (tried again later) or permanent.',
    labelNames: ['channel', 'outcome'],
  }),
];

/** Counted when scraped, over the last hour, at most every half minute. */
export const sloGaugeProvider = makeCollectedGaugeProvider({
  name: 'notification_slo_share_within',
  help: 'Share of the deliveries of the last hour that left within the target of their severity; absent without any.',
  labelNames: ['severity'],
  source: SloService,
  async collect(gauge, slo) {
    const { objectives } = await slo.recent();
    for (const { severity, share_within: share } of objectives) if (share !== null) gauge.set({ severity }, share);
  },
});

@Injectable()
export class NotificationMetrics {
  constructor(
    @InjectMetric(DELAY) private readonly delay: Histogram,
    @InjectMetric(ATTEMPTS) private readonly attempts: Counter,
  ) {}

  attempted(channel: Channel, outcome: SendOutcome['kind']): void {
    this.attempts.inc({ channel, outcome });
  }

  accepted({ channel, severity }: { readonly channel: Channel; readonly severity: Severity }, seconds: number): void {
    this.delay.observe({ channel, severity }, seconds);
  }
}
