import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { components, operations, paths } from './schema.js';

export type { operations, paths };
/** The shapes of the API by their name, e.g. `Schemas['Overview']`. */
export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
export type AnalyticsClient = Client<paths>;

export interface AnalyticsClientOptions extends Omit<ClientOptions, 'baseUrl'> {
  /** Where the service is, without a path: `https://analytics.example`. */
  readonly baseUrl: string;
  /** A bearer token, or what gives the one that holds now: it is asked before every request. */
  readonly token: string | (() => string | Promise<string>);
}

/**
 * A client whose paths, parameters and answers are those of the API: `client.GET('/api/v1/analytics/business/overview',
 * { params: { query: { range: '7d' } } })`. It answers `{ data, error, response }`; {@link unwrap} makes that data or an
 * exception.
 */
export function createAnalyticsClient({ baseUrl, token, ...options }: AnalyticsClientOptions): AnalyticsClient {
  const client = createClient<paths>({ baseUrl, ...options });
  client.use({
    async onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`);
      return request;
    },
  });
  return client;
}

/** The service refused: what it said (RFC 9457), and when to try again, if that helps. */
export class AnalyticsError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(response: Response, problem: Problem | undefined) {
    const fields = problem?.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
    super([`${response.status}`, problem?.detail, fields].filter(Boolean).join(' '));
    this.name = 'AnalyticsError';
    this.status = response.status;
    this.problem = problem;
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  }
}

/**
 * The data of an answer.
 * @throws AnalyticsError when there is none
 */
export async function unwrap<Data>(
  answer: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await answer;
  if (response.ok) return data as Data;
  throw new AnalyticsError(response, isProblem(error) ? error : undefined);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body;
}
