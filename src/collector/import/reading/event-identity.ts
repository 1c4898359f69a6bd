import { createHash } from 'node:crypto';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Made once for this project, as RFC 9562 asks of a name space of one's own. */
const LINE_NAMESPACE = Buffer.from('5b0f4f0e8a6c4d53b1f09a4f2f6f3b71', 'hex');

/** Milliseconds since 1970 that a UUIDv7 carries; undefined for any other value. */
export function timeOfUuidV7(id: unknown): number | undefined {
  if (typeof id !== 'string' || !UUID_V7.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The id of an event that came without one: a UUIDv5 of file and line, so that a repeat of the file repeats the id. */
export function lineEventId(fileSha256: string, line: number): string {
  const bytes = createHash('sha1').update(LINE_NAMESPACE).update(`${fileSha256}:${line}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return formatUuid(bytes);
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
