/**
 * Log-bucket histogram of non-negative values (the scheme of DDSketch, Masson et al., VLDB 2019): bucket `i` holds
 * γ^(i−1) < v ≤ γ^i, exact zeros have a bucket of their own. Any two add up, and a quantile is within `ALPHA` of the
 * nearest-rank value. The bytes are entries of (int16 bucket, uint32 count), big endian, the same that SQL writes.
 */
export const ALPHA = 0.0099;
export const GAMMA = (1 + ALPHA) / (1 - ALPHA);
/** ln γ: a bucket index is ⌈ln v / ln γ⌉. */
export const LOG_GAMMA = Math.log(GAMMA);
/** The bucket of exact zeros: the lowest int16. */
export const ZERO_BUCKET = -32_768;
/** Buckets beyond these hold nothing that can be measured (1e-11 … 1e+284 of any unit). */
export const MIN_BUCKET = -1_280;
export const MAX_BUCKET = 32_767;

const ENTRY_BYTES = 6;
const MAX_ENTRY_COUNT = 0xffff_ffff;
const GROWTH = 64;
/** A sketch of counts takes a kilobyte at least. */
const MAX_ENCODED_BYTES = 60 * ENTRY_BYTES;

export class QuantileSketch {
  private zeros = 0;
  private base = 0;
  private counts = new Float64Array(0);
  /** What is not in the counts yet. */
  private encoded: Buffer | undefined;

  /** Few entries, which are likely to be merged into another sketch only, stay bytes until then. */
  static fromBytes(bytes: Buffer): QuantileSketch {
    const sketch = new QuantileSketch();
    if (bytes.length <= MAX_ENCODED_BYTES) sketch.encoded = Buffer.from(bytes);
    else sketch.addBytes(bytes);
    return sketch;
  }

  /** Of the log bucket of every single value. */
  static fromBuckets(buckets: readonly number[]): QuantileSketch {
    const sketch = new QuantileSketch();
    for (const bucket of buckets) sketch.addBucket(bucket, 1);
    return sketch;
  }

  get count(): number {
    this.decode();
    let total = this.zeros;
    for (const count of this.counts) total += count;
    return total;
  }

  /** How much memory it takes, roughly. */
  get byteSize(): number {
    return this.counts.byteLength + (this.encoded?.length ?? 0);
  }

  add(value: number, count = 1): void {
    this.addBucket(bucketOf(value), count);
  }

  /** Merges the serialised form in, without making an object of it: this is the hot path of long reads. */
  addBytes(bytes: Buffer): void {
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      this.addBucket(bytes.readInt16BE(at), bytes.readUInt32BE(at + 2));
    }
  }

  merge(other: QuantileSketch): void {
    if (other.encoded) this.addBytes(other.encoded);
    this.zeros += other.zeros;
    if (this.counts.length === 0) {
      this.base = other.base;
      this.counts = other.counts.slice();
      return;
    }
    for (let offset = 0; offset < other.counts.length; offset++) {
      const count = other.counts[offset] ?? 0;
      if (count > 0) this.addBucket(other.base + offset, count);
    }
  }

  toBytes(): Buffer {
    this.decode();
    const bytes = Buffer.allocUnsafe(this.entryCount() * ENTRY_BYTES);
    let at = writeEntries(bytes, 0, ZERO_BUCKET, this.zeros);
    for (let offset = 0; offset < this.counts.length; offset++) {
      at = writeEntries(bytes, at, this.base + offset, this.counts[offset] ?? 0);
    }
    return bytes;
  }

  /**
   * The nearest-rank quantile, i.e. the ⌈q·n⌉-th smallest value, within `ALPHA` of it.
   * @returns null of an empty sketch
   */
  quantile(q: number): number | null {
    const total = this.count;
    if (total === 0) return null;
    // The tolerance keeps 0.07 × 100 = 7.000000000000001 at rank 7.
    let left = Math.max(1, Math.ceil(q * total - 1e-9)) - this.zeros;
    if (left <= 0) return 0;
    for (let offset = 0; offset < this.counts.length; offset++) {
      left -= this.counts[offset] ?? 0;
      if (left <= 0) return bucketValue(this.base + offset);
    }
    return null;
  }

  private decode(): void {
    const { encoded } = this;
    this.encoded = undefined;
    if (encoded) this.addBytes(encoded);
  }

  private entryCount(): number {
    let entries = Math.ceil(this.zeros / MAX_ENTRY_COUNT);
    for (const count of this.counts) entries += Math.ceil(count / MAX_ENTRY_COUNT);
    return entries;
  }

  private addBucket(bucket: number, count: number): void {
    if (bucket === ZERO_BUCKET) {
      this.zeros += count;
      return;
    }
    const offset = bucket - this.base;
    if (offset < 0 || offset >= this.counts.length) this.grow(bucket);
    const index = bucket - this.base;
    this.counts[index] = (this.counts[index] ?? 0) + count;
  }

  private grow(bucket: number): void {
    const empty = this.counts.length === 0;
    const first = empty ? bucket - GROWTH : Math.min(this.base, bucket - GROWTH);
    const end = empty ? bucket + GROWTH : Math.max(this.base + this.counts.length, bucket + GROWTH);
    const grown = new Float64Array(end - first);
    grown.set(this.counts, empty ? 0 : this.base - first);
    this.base = first;
    this.counts = grown;
  }
}

export function bucketOf(value: number): number {
  if (value <= 0) return ZERO_BUCKET;
  return Math.min(MAX_BUCKET, Math.max(MIN_BUCKET, Math.ceil(Math.log(value) / LOG_GAMMA)));
}

/** The point of a bucket from which no value of it is further than `ALPHA`. */
function bucketValue(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}

/** A count beyond uint32 is written as several entries of the same bucket; reading adds them up again. */
function writeEntries(bytes: Buffer, start: number, bucket: number, count: number): number {
  let at = start;
  for (let left = count; left > 0; left -= MAX_ENTRY_COUNT) {
    bytes.writeInt16BE(bucket, at);
    bytes.writeUInt32BE(Math.min(left, MAX_ENTRY_COUNT), at + 2);
    at += ENTRY_BYTES;
  }
  return at;
}
