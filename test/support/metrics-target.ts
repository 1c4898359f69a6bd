import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Histogram, Registry } from 'prom-client';

/** Bounds of the histogram, in seconds. */
export const BOUNDS = [0.1, 0.5, 1, 5];

/** How a histogram is called, and its label for the route. */
export interface HistogramName {
  readonly metric: string;
  readonly route: string;
}
export const HTTP: HistogramName = { metric: 'http_request_duration_seconds', route: 'route' };

/** What the target does with a scrape. A text is sent instead of the exposition. */
export type Behaviour = 'answers' | 'hangs' | { readonly status: number } | { readonly text: string };

export interface ObservedRequests {
  readonly method?: string;
  readonly route?: string;
  readonly status: number;
  readonly seconds: number;
  readonly times: number;
}

/** Something that is watched: a real exposition endpoint that counts what a test tells it, and fails as it is told. */
export class MetricsTarget {
  behaviour: Behaviour = 'answers';
  /** Expositions that were sent. */
  scrapes = 0;
  private readonly registry = new Registry();
  private readonly histograms: { name: HistogramName; histogram: Histogram }[];
  private server: Server | undefined;
  private port = 0;

  private constructor(names: readonly HistogramName[]) {
    this.histograms = names.map((name) => {
      const labelNames = ['method', name.route, 'status_code'];
      const options = { name: name.metric, help: 'Requests', labelNames, buckets: BOUNDS, registers: [this.registry] };
      return { name, histogram: new Histogram(options) };
    });
  }

  /** With several names every request shows under each of them. */
  static async start(...names: HistogramName[]): Promise<MetricsTarget> {
    const target = new MetricsTarget(names.length > 0 ? names : [HTTP]);
    await target.listen();
    return target;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.address}/metrics`;
  }

  /** Again after `stop`: on the same port, as a restarted service. */
  async listen(): Promise<void> {
    this.server = createServer((_request, response) => {
      this.answer(response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server?.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  observe({ method = 'GET', route = '/shop', status, seconds, times }: ObservedRequests): void {
    for (const { name, histogram } of this.histograms) {
      const series = histogram.labels({ method, [name.route]: route, status_code: String(status) });
      for (let i = 0; i < times; i++) series.observe(seconds);
    }
  }

  /** As a restart of what is watched does. */
  resetCounters(): void {
    this.registry.resetMetrics();
  }

  private async answer(response: ServerResponse): Promise<void> {
    const { behaviour } = this;
    // Until the other side gives up, or the target is stopped.
    if (behaviour === 'hangs') return;
    if (behaviour === 'answers') this.scrapes++;
    const text = behaviour === 'answers' ? await this.registry.metrics() : 'text' in behaviour ? behaviour.text : '';
    const status = typeof behaviour === 'object' && 'status' in behaviour ? behaviour.status : 200;
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  }
}
