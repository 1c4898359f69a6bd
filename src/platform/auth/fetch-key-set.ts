import type { ListedKey } from './signing-keys.js';

/** A request waits for this; longer than any healthy endpoint takes, shorter than a client's patience. */
const TIMEOUT_MS = 4_000;
/** A key set has a few kilobytes. */
const MAX_BYTES = 262_144;

/** Fetches the keys of a JSON Web Key Set with bounds on time and size. Rejects for anything that is not one. */
export async function fetchKeySet(url: string): Promise<ListedKey[]> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The key set endpoint answered ${response.status}.`);
  }
  const body = JSON.parse(await readText(response)) as { keys?: unknown } | null;
  const keys = body?.keys;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null)) {
    throw new Error('The key set endpoint did not answer with a JSON Web Key Set.');
  }
  return keys as ListedKey[];
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`The key set endpoint answered more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
