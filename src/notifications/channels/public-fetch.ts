import { request, type RequestOptions } from 'node:https';
import { hostOf, lookupPublic, refusePrivateHost } from './public-address.js';

/** An answer of a webhook is a word; whoever sends more is none. */
const MAX_ANSWER_BYTES = 65_536;

/** `fetch` for URLs that people gave: https to public addresses only, no redirects, a short answer. */
export async function publicFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  refusePrivateHost(hostOf(url));
  const headers = Object.fromEntries(new Headers(init.headers));
  const options: RequestOptions = { method: init.method, headers, lookup: lookupPublic, agent: false };
  return new Promise((resolve, reject) => {
    const sending = request(url, { ...options, signal: init.signal ?? undefined }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error('The answer is too long.'));
        else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const retryAfter = answer.headers['retry-after'];
        const kept = new Headers(retryAfter === undefined ? [] : [['retry-after', retryAfter]]);
        const body = hasBody(answer.statusCode) ? Buffer.concat(chunks) : null;
        resolve(new Response(body, { status: answer.statusCode, headers: kept }));
      });
    });
    sending.on('error', reject);
    sending.end(init.body as string | undefined);
  });
}

/** `Response` refuses a body for these. */
function hasBody(status: number | undefined): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
