import { createHash } from 'node:crypto';
import { hex32 } from './hex.js';

/**
 * A seeded source of chance (sfc32). The same words always give the same sequence, so that whatever is drawn from it
 * can be drawn again on another day and another machine.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(words: readonly [number, number, number, number]) {
    [this.a, this.b, this.c] = words;
    this.counter = words[3] | 1;
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  /** 32 random bits. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** A whole number, 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Log-normal: how latencies and thinking times are spread; half of them are below `median`. */
  around(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** How many of something happen where `mean` are expected (Poisson; for many, its normal approximation). */
  count(mean: number): number {
    if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let happened = -1;
    for (let rest = Math.exp(-mean), product = 1; product >= rest; happened += 1) product *= this.next();
    return happened;
  }

  hex(): string {
    return hex32(this.word());
  }
}

/** Four words that stand for a text. */
export function wordsOf(text: string): [number, number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)];
}

/** Things drawn with unequal odds. */
export class Choice<T> {
  private readonly cumulative: number[] = [];

  constructor(
    private readonly values: readonly T[],
    weightOf: (value: T, index: number) => number,
  ) {
    let sum = 0;
    values.forEach((value, index) => this.cumulative.push((sum += weightOf(value, index))));
  }

  draw(random: Random): T {
    const point = random.next() * (this.cumulative.at(-1) ?? 0);
    const index = this.cumulative.findIndex((sum) => point < sum);
    return this.values[index === -1 ? this.values.length - 1 : index] as T;
  }
}
