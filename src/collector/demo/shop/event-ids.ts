import { hex16, hex32 } from './hex.js';

/**
 * Ids of generated events: UUIDv8 (RFC 9562, "custom") of the plan, the slot of time an event was drawn in and its place
 * there, so that a repeat gives the same ids and the service finds duplicates. Spread like random ones, since that
 * is what most senders use and what an index has to bear.
 */
export class EventIds {
  private readonly words: [number, number, number, number];
  private counter = 0;

  constructor(plan: readonly [number, number, number, number], slot: number) {
    this.words = plan.map((word, index) => mix(word ^ mix(slot + index * 0x9e3779b9))) as [
      number,
      number,
      number,
      number,
    ];
  }

  /** The number of the next id. */
  take(): number {
    return (this.counter += 1);
  }

  text(count: number): string {
    // `mix` is a bijection: within a slot every count gives other first and last digits.
    const [a, b, c, d] = this.words;
    const [low, high] = [mix(b ^ count), mix(c ^ count)];
    const version = hex16(0x8000 | (low & 0x0fff));
    const variant = hex16(0x8000 | (high & 0x3fff));
    return `${hex32(mix(a ^ count))}-${hex16(low >>> 16)}-${version}-${variant}-${hex16(high >>> 16)}${hex32(mix(d ^ count))}`;
  }
}

/** The finaliser of MurmurHash3: 32 bits to 32 bits, one to one. */
function mix(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
