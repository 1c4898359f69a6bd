/**
 * How many distinct values there were: exact hashes up to 1,000, above that HyperLogLog with 2^14 registers. Any two
 * add up. The bytes are chunks of (form, uint32 length, payload), so that SQL merges sketches by appending them; a
 * payload is 8-byte hashes, or entries of (uint16 register, uint8 rank).
 */
export const EXACT_LIMIT = 1_000;
/** Standard error of 2^14 registers, 1.04 / √m. */
export const DISTINCT_ERROR = 0.008;
export const EXACT_FORM = 1;
export const REGISTER_FORM = 2;

const CHUNK_HEADER_BYTES = 5;
const HASH_BYTES = 8;
const REGISTER_BYTES = 3;
const PRECISION = 14;
const REGISTERS = 1 << PRECISION;
/** Bits of a hash that are left for the rank. */
const RANK_BITS = 64 - PRECISION;

export class DistinctSketch {
  /** As in a payload: ascending, each once. Bytes, since objects for millions of hashes would take ten times the memory. */
  private hashes: Buffer | undefined = Buffer.alloc(0);
  private registers: Uint8Array | undefined;

  static fromBytes(bytes: Buffer): DistinctSketch {
    const sketch = new DistinctSketch();
    sketch.addBytes(bytes);
    return sketch;
  }

  /** Of the 8-byte hash of every single value, in any order, any number of times. */
  static fromHashes(hashes: Buffer): DistinctSketch {
    const sketch = new DistinctSketch();
    sketch.addHashes(inOrder(hashes));
    return sketch;
  }

  get exact(): boolean {
    return this.registers === undefined;
  }

  /** How much memory it takes, roughly. */
  get byteSize(): number {
    return (this.registers ?? this.hashes)?.byteLength ?? 0;
  }

  addHash(hash: Buffer): void {
    this.addHashes(hash.subarray(0, HASH_BYTES));
  }

  addBytes(bytes: Buffer): void {
    for (let at = 0; at + CHUNK_HEADER_BYTES <= bytes.length;) {
      const start = at + CHUNK_HEADER_BYTES;
      const end = start + bytes.readUInt32BE(at + 1);
      if (bytes[at] === EXACT_FORM) this.addHashes(bytes.subarray(start, end));
      else this.addRegisterPayload(bytes, start, end);
      at = end;
    }
  }

  merge(other: DistinctSketch): void {
    if (other.hashes) this.addHashes(other.hashes);
    if (other.registers) raiseAll(this.toRegisters(), other.registers);
  }

  toBytes(): Buffer {
    if (this.hashes) return chunk(EXACT_FORM, this.hashes);
    const payload: number[] = [];
    this.registers?.forEach((rank, register) => {
      if (rank > 0) payload.push(register >> 8, register & 0xff, rank);
    });
    return chunk(REGISTER_FORM, Buffer.from(payload));
  }

  /** Exact up to 1,000, above that Ertl's improved estimate (arXiv:1702.01284, section 4), rounded. */
  estimate(): number {
    if (this.hashes) return this.hashes.length / HASH_BYTES;
    return Math.round(estimateRegisters(this.registers ?? new Uint8Array(REGISTERS)));
  }

  private addRegisterPayload(bytes: Buffer, start: number, end: number): void {
    const registers = this.toRegisters();
    for (let at = start; at + REGISTER_BYTES <= end; at += REGISTER_BYTES) {
      raise(registers, bytes.readUInt16BE(at), bytes[at + 2] ?? 0);
    }
  }

  /** `added` is in order, each once; it is kept, not copied, where nothing was before. */
  private addHashes(added: Buffer): void {
    if (!this.hashes) return addToRegisters(this.toRegisters(), added);
    this.hashes = this.hashes.length === 0 ? added : inOrder(Buffer.concat([this.hashes, added]));
    if (this.hashes.length > EXACT_LIMIT * HASH_BYTES) this.toRegisters();
  }

  private toRegisters(): Uint8Array {
    const registers = (this.registers ??= new Uint8Array(REGISTERS));
    if (this.hashes) addToRegisters(registers, this.hashes);
    this.hashes = undefined;
    return registers;
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Ascending and each once, in bytes of its own. Sorted as integers by the engine: no comparison of ours is as fast. */
function inOrder(hashes: Buffer): Buffer {
  const words = new BigUint64Array(Math.floor(hashes.length / HASH_BYTES));
  const bytes = Buffer.from(words.buffer);
  hashes.copy(bytes);
  if (IS_LITTLE_ENDIAN) bytes.swap64();
  words.sort();
  const halves = new Uint32Array(words.buffer);
  let kept = 0;
  for (let at = 0; at < halves.length; at += 2) {
    if (at > 0 && halves[at] === halves[at - 2] && halves[at + 1] === halves[at - 1]) continue;
    halves[kept] = halves[at]!;
    halves[kept + 1] = halves[at + 1]!;
    kept += 2;
  }
  if (IS_LITTLE_ENDIAN) bytes.swap64();
  return bytes.subarray(0, kept * (HASH_BYTES / 2));
}

function chunk(form: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.writeUInt8(form, 0);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

function raise(registers: Uint8Array, register: number, rank: number): void {
  if ((registers[register] ?? 0) < rank) registers[register] = rank;
}

/** Loops over registers are most of what distinct numbers cost: no call for each of them. */
function raiseAll(registers: Uint8Array, others: Uint8Array): void {
  for (let register = 0; register < REGISTERS; register++) {
    const rank = others[register] ?? 0;
    if ((registers[register] ?? 0) < rank) registers[register] = rank;
  }
}

function addToRegisters(registers: Uint8Array, hashes: Buffer): void {
  for (let at = 0; at + HASH_BYTES <= hashes.length; at += HASH_BYTES) {
    const high = hashes.readUInt32BE(at);
    const low = hashes.readUInt32BE(at + 4);
    const register = high >>> (32 - PRECISION);
    // The 18 bits of the high word that the register left, then the low word: the place of the first 1 is the rank.
    const rest = (high << PRECISION) >>> 0;
    const leading = rest === 0 ? 32 - PRECISION + Math.clz32(low) : Math.clz32(rest);
    raise(registers, register, Math.min(leading, RANK_BITS) + 1);
  }
}

function estimateRegisters(registers: Uint8Array): number {
  const multiplicity = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) multiplicity[rank] = (multiplicity[rank] ?? 0) + 1;
  let z = REGISTERS * tau(1 - (multiplicity[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + (multiplicity[rank] ?? 0));
  z += REGISTERS * sigma((multiplicity[0] ?? 0) / REGISTERS);
  return REGISTERS ** 2 / (2 * Math.LN2 * z);
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let [x, y, z, before] = [start, 1, start, NaN];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let [x, y, z, before] = [start, 1, 1 - start, NaN];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
