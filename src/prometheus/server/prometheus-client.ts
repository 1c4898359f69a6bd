import { z } from 'zod';
import { CircuitBreaker } from '../domain/circuit-breaker.js';
import { readBody } from '../read-body.js';
import type { Upstream } from '../upstream.js';
import { UpstreamError } from '../upstream-error.js';

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** By unix time in seconds. */
  readonly values: ReadonlyMap<number, number>;
}

export interface RangeOfTime {
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
}

/** An answer is parsed at once, and nothing else is answered meanwhile. */
const MAX_ANSWER_BYTES = 8 * 1_048_576;

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('error'), error: z.string() }),
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: point })) }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(z.object({ metric: labels, values: z.array(point) })),
      }),
      z.object({ resultType: z.literal('scalar'), result: point }),
      z.object({ resultType: z.literal('string'), result: point }),
    ]),
  }),
]);

/** The HTTP API of a Prometheus server. After some failures it is left alone for a while. */
export class PrometheusClient {
  private readonly breaker = new CircuitBreaker();

  constructor(
    private readonly upstream: Upstream,
    private readonly timeoutMs: number,
  ) {}

  get name(): string {
    return this.upstream.url;
  }

  /**
   * One question, or several that make one answer. Not asked at all while the server is left alone.
   * @throws UpstreamError, or what `fetch` throws
   */
  async attempt<T>(questions: () => Promise<T>, stopped?: AbortSignal): Promise<T> {
    if (!this.breaker.admits(performance.now())) throw new UpstreamError('failed repeatedly and is left alone a while');
    try {
      const result = await questions();
      this.breaker.succeeded();
      return result;
    } catch (error) {
      if (stopped?.aborted !== true) this.breaker.failed(performance.now());
      throw error;
    }
  }

  /** The value of each series at an instant. Part of an `attempt`. */
  async instant(expression: string, at: Date, stopped?: AbortSignal): Promise<Series[]> {
    return this.ask('query', { query: expression, time: String(at.getTime() / 1_000) }, stopped);
  }

  /** The values of each series over time. Part of an `attempt`. */
  async range(expression: string, { from, to, stepSeconds }: RangeOfTime, stopped?: AbortSignal): Promise<Series[]> {
    const [start, end] = [from, to].map((at) => String(at.getTime() / 1_000)) as [string, string];
    return this.ask('query_range', { query: expression, start, end, step: String(stepSeconds) }, stopped);
  }

  private async ask(path: string, form: Record<string, string>, signal?: AbortSignal): Promise<Series[]> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const response = await fetch(`${this.upstream.url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, timeout: `${this.timeoutMs}ms` }),
      headers: this.upstream.headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const parts: string[] = [];
    await readBody(response, MAX_ANSWER_BYTES, (text) => parts.push(text));
    return seriesOf(response.status, parts.join(''));
  }
}

/** Prometheus explains itself in the body of its 400 and 422 as well. */
function seriesOf(status: number, text: string): Series[] {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) throw new UpstreamError(`answered ${status}${status === 200 ? ' with something else' : ''}`);
  if (parsed.data.status === 'error') throw new UpstreamError(`answered ${status}: ${parsed.data.error.slice(0, 300)}`);
  const { data } = parsed.data;
  if (data.resultType === 'vector') {
    return data.result.map(({ metric, value }) => ({ labels: metric, values: toValues([value]) }));
  }
  if (data.resultType === 'matrix') {
    return data.result.map(({ metric, values }) => ({ labels: metric, values: toValues(values) }));
  }
  return [{ labels: {}, values: toValues([data.result]) }];
}

function toValues(points: readonly (readonly [number, string])[]): Map<number, number> {
  return new Map(points.map(([at, value]) => [at, toNumber(value)]));
}

function toNumber(text: string): number {
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Infinity : -Infinity;
  return Number(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
