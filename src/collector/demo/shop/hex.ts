/** All texts of 8 bits: looked up instead of made, since an event has a dozen of them; few enough to stay in the cache. */
const HEX_8 = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** 16 bits as four digits. */
export function hex16(bits: number): string {
  return (HEX_8[(bits >>> 8) & 0xff] as string) + (HEX_8[bits & 0xff] as string);
}

/** 32 bits as eight digits. */
export function hex32(bits: number): string {
  return hex16(bits >>> 16) + hex16(bits);
}
