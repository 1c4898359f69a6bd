import { randomUUID } from 'node:crypto';

const VERSION_AT = 14;
const VARIANT_AT = 19;
/** RFC 9562: the variant of UUIDs that have a version is 10xx. */
const VARIANTS = '89abAB';

let prefix = '';
let prefixMillis = -1;

/** A UUIDv7 of `millis`, so that ids made together are kept together in the index. */
export function newEventId(millis: number): string {
  if (millis !== prefixMillis) {
    const hex = millis.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    prefixMillis = millis;
  }
  return prefix + randomUUID().slice(VERSION_AT + 1);
}

/** The time in a UUIDv7, in milliseconds; undefined for any other UUID. */
export function timeOfUuidV7(uuid: string): number | undefined {
  if (uuid[VERSION_AT] !== '7' || !VARIANTS.includes(uuid[VARIANT_AT] ?? '-')) return undefined;
  return parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
