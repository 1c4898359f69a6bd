import { Module, type FactoryProvider } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { AppConfig, type PrometheusConfig, type PrometheusServerConfig } from '../platform/config/index.js';
import { Logger } from '../platform/logging/index.js';
import { LiveRequests, REQUEST_SOURCES } from './live-requests.service.js';
import type { RequestSource } from './request-source.js';
import { RequestSeries } from './request-series.service.js';
import { OwnTarget } from './scraping/own-target.js';
import { ScrapedSource } from './scraping/scraped-source.js';
import { HttpTarget, type Target } from './scraping/target.js';
import { expressionsOf } from './server/expressions.js';
import { PrometheusClient } from './server/prometheus-client.js';
import { ServerSeries } from './server/server-series.js';
import { ServerSource } from './server/server-source.js';
import { upstreamOf } from './upstream.js';

/** A background read that takes longer is of no use any more. */
const LONGEST_POLL_MS = 5_000;

/** What a process with an HTTP server watches; a worker answers nobody. */
const sourcesProvider: FactoryProvider<readonly RequestSource[]> = {
  provide: REQUEST_SOURCES,
  inject: [AppConfig, Clock, Logger],
  useFactory: ({ role, prometheus }: AppConfig, clock: Clock, logger: Logger) => {
    if (role === 'worker') return [];
    const tools = { clock, logger, intervalMs: prometheus.scrapeIntervalSeconds * 1_000 };
    const { server, histograms } = prometheus;
    const targets = targetsOf(prometheus, clock);
    return [
      ...(server
        ? [
            new ServerSource(clientOf(server, tools.intervalMs), {
              ...tools,
              expressions: expressionsOf(server, histograms),
            }),
          ]
        : []),
      ...(targets.length > 0 ? [new ScrapedSource(targets, tools)] : []),
    ];
  },
};

const seriesProvider: FactoryProvider<ServerSeries | undefined> = {
  provide: ServerSeries,
  inject: [AppConfig],
  useFactory: ({ prometheus: { server, histograms } }: AppConfig) =>
    server && new ServerSeries(clientOf(server, LONGEST_POLL_MS), expressionsOf(server, histograms)),
};

/** Requests as metrics see them: of exposition endpoints, or of a Prometheus server. */
@Module({
  providers: [sourcesProvider, seriesProvider, LiveRequests, RequestSeries],
  exports: [LiveRequests, RequestSeries],
})
export class PrometheusModule {}

/** Nothing configured: this process itself. With a server configured, its own requests are not what is meant. */
function targetsOf({ targets, targetsToken, histograms, server }: PrometheusConfig, clock: Clock): Target[] {
  if (targets.length > 0) return targets.map((url) => new HttpTarget(upstreamOf(url, targetsToken), histograms));
  return server ? [] : [new OwnTarget(histograms, clock.now())];
}

function clientOf({ url, token }: PrometheusServerConfig, timeoutMs: number): PrometheusClient {
  return new PrometheusClient(upstreamOf(url, token), Math.min(timeoutMs, LONGEST_POLL_MS));
}
