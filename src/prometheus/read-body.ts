import { UpstreamError } from './upstream-error.js';

/**
 * Hands the text of a body on as it comes in, and stops at `maxBytes` (after decompression).
 * @throws UpstreamError when it is larger, or is not UTF-8
 */
export async function readBody(response: Response, maxBytes: number, take: (text: string) => void): Promise<void> {
  if (!response.body) return;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  // Leaving the loop early cancels the stream, and with it the transfer.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new UpstreamError(`answered more than ${maxBytes / 1_048_576} MiB`);
    take(decoded(() => decoder.decode(chunk, { stream: true })));
  }
  take(decoded(() => decoder.decode()));
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw new UpstreamError('answered something that is not UTF-8', { cause });
  }
}
