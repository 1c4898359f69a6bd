import { ExpositionParser } from '../domain/exposition-parser.js';
import type { RequestCounters } from '../domain/request-counters.js';
import { ScrapedRequests, type HistogramNames } from '../domain/scraped-requests.js';
import { readBody } from '../read-body.js';
import type { Upstream } from '../upstream.js';
import { UpstreamError } from '../upstream-error.js';

/** Large scrapes have a few MiB; beyond this it is something else. */
const MAX_BODY_BYTES = 32 * 1_048_576;
/** Some targets answer it whatever is asked for. */
const OPEN_METRICS = 'application/openmetrics-text';
const ACCEPT = 'text/plain;version=0.0.4;q=1,*/*;q=0.1';

/** Something that tells of its requests in the text format. */
export interface Target {
  /** As people see it; without credentials. */
  readonly name: string;
  /** When it is known to have counted nothing yet. */
  readonly beganAt?: Date;
  /** What it has counted. Rejects when it does not answer, or with something else. */
  scrape(signal: AbortSignal): Promise<RequestCounters>;
}

export class HttpTarget implements Target {
  readonly name: string;

  constructor(
    private readonly upstream: Upstream,
    private readonly histograms: readonly HistogramNames[],
  ) {
    this.name = upstream.url;
  }

  async scrape(signal: AbortSignal): Promise<RequestCounters> {
    const { url, headers } = this.upstream;
    const response = await fetch(url, { signal, headers: { accept: ACCEPT, ...headers } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new UpstreamError(`answered ${response.status}`);
    }
    const isOpenMetrics = response.headers.get('content-type')?.startsWith(OPEN_METRICS) === true;
    return readCounters(this.histograms, (take) => readBody(response, MAX_BODY_BYTES, take), isOpenMetrics);
  }
}

/** Reads an exposition that comes in parts. @throws UpstreamError when it has no latency histogram */
export async function readCounters(
  histograms: readonly HistogramNames[],
  produce: (take: (text: string) => void) => Promise<void>,
  isOpenMetrics = false,
): Promise<RequestCounters> {
  const requests = new ScrapedRequests(histograms);
  const parser = new ExpositionParser(requests, isOpenMetrics);
  await produce((text) => parser.push(text));
  parser.end();
  const counters = requests.counters();
  if (counters) return counters;
  throw new UpstreamError(`answered without a ${histograms.map(({ metric }) => metric).join(' or ')}`);
}
