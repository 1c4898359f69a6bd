/** All texts of 16 bits: looked up instead of made, since a generated event has a dozen of them. */
const HEX_16 = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'));

/** 16 bits as four digits. */
export function hex16(bits: number): string {
  return HEX_16[bits & 0xffff] as string;
}

/** 32 bits as eight digits. */
export function hex32(bits: number): string {
  return hex16(bits >>> 16) + hex16(bits);
}
