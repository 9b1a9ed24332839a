/**
 * All values of one period, small: how many lie in each bucket of a logarithmic scale. Any quantile is right to 1 % of the
 * value (Masson, Rim, Lee: "DDSketch", VLDB 2019); number, sum, least and greatest are exact. Two merge into what one would
 * be that had seen all values. Pure.
 */
import { Buckets } from "./buckets.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";

export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Below it a value counts as none; above the other as that: 2,400 buckets at most lie between them. */
const LEAST = 1e-6;
const GREATEST = 1e15;
/** 7 % of 100 values are seven, though 0.07 × 100 is a little more. */
const ROUNDING = 1e-9;

export class Sketch {
  #count = 0;
  #sum = 0;
  #minimum = Infinity;
  #maximum = 0;
  #zeroCount = 0;
  readonly #buckets = new Buckets();
  /** Buckets as they were written, until somebody asks for them: sums over a year need none. */
  readonly #unread: Buffer[] = [];

  static of(...values: readonly number[]): Sketch {
    const sketch = new Sketch();
    for (const value of values) sketch.add(value);
    return sketch;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  get minimum(): number {
    return this.#count === 0 ? 0 : this.#minimum;
  }

  get maximum(): number {
    return this.#maximum;
  }

  /** A value from 0 on that was there so many times. */
  add(value: number, times = 1): void {
    if (!(value >= 0) || value === Infinity) throw new RangeError(`${value} is not a number from 0 on`);
    if (!Number.isSafeInteger(times) || times < 1)
      throw new RangeError(`${times} times is not a whole number from 1 on`);
    this.#count += times;
    this.#sum += value * times;
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
    if (value < LEAST) this.#zeroCount += times;
    else this.#buckets.add(bucketOf(value), times);
  }

  merge(other: Sketch): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
    this.#zeroCount += other.#zeroCount;
    this.#buckets.addAll(other.#buckets);
    this.#unread.push(...other.#unread);
  }

  /** The least of them that so large a share does not exceed: 0 is the least, 1 the greatest; p99 of nine is the greatest. */
  quantile(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.ceil(share * this.#count * (1 - ROUNDING));
    if (rank <= 1) return this.#minimum;
    if (rank >= this.#count) return this.#maximum;
    let seen = 0;
    for (const { value, times } of this.#steps()) {
      seen += times;
      if (seen >= rank) return value;
    }
    return this.#maximum;
  }

  /** Of all values, the share from `low` to `high`, both included. */
  shareBetween(low: number, high: number): number {
    if (this.#count === 0) return 0;
    if (low <= this.#minimum && high >= this.#maximum) return 1;
    let inside = 0;
    for (const { value, times } of this.#steps()) if (value >= low && value <= high) inside += times;
    return inside / this.#count;
  }

  /** Number and sum of the values from one quantile to another; a value on the border counts in part. */
  between(lowShare: number, highShare: number): { readonly count: number; readonly sum: number } {
    if (lowShare <= 0 && highShare >= 1) return { count: this.#count, sum: this.#sum };
    const [from, to] = [Math.max(0, lowShare) * this.#count, Math.min(1, highShare) * this.#count];
    let [count, sum, seen] = [0, 0, 0];
    for (const { value, times } of this.#steps()) {
      const inside = Math.max(0, Math.min(to, seen + times) - Math.max(from, seen));
      count += inside;
      sum += inside * value;
      seen += times;
    }
    return { count, sum };
  }

  /**
   * One value that is there once, or many times, needs a few bytes: resting services have little else. The lowest bit of
   * the first number says whether all are the same.
   */
  writeTo(writer: ByteWriter): void {
    const isOneValue = this.#minimum === this.#maximum && this.#sum === this.#maximum * this.#count;
    writer.whole(this.#count * 2 + (isOneValue ? 1 : 0));
    if (this.#count === 0) return;
    writer.number(this.#maximum);
    if (!isOneValue) this.#writeBuckets(writer);
  }

  static readFrom(reader: ByteReader): Sketch {
    const sketch = new Sketch();
    const first = reader.whole();
    const count = Math.floor(first / 2);
    if (count === 0) return sketch;
    const maximum = reader.number();
    if (first % 2 === 1) sketch.add(maximum, count);
    else sketch.#readHead(reader, count, maximum);
    return sketch;
  }

  #writeBuckets(writer: ByteWriter): void {
    writer.number(this.#minimum);
    writer.number(this.#sum);
    const buckets = new ByteWriter();
    buckets.whole(this.#zeroTimes());
    let before = 0;
    for (const [bucket, times] of this.#buckets.entries()) {
      buckets.signed(bucket - before);
      buckets.whole(times);
      before = bucket;
    }
    writer.bytes(buckets.finish());
  }

  #readHead(reader: ByteReader, count: number, maximum: number): void {
    this.#count = count;
    this.#maximum = maximum;
    this.#minimum = reader.number();
    this.#sum = reader.number();
    this.#unread.push(reader.bytes());
  }

  #readBuckets(): void {
    for (const bytes of this.#unread.splice(0)) {
      const reader = new ByteReader(bytes);
      this.#zeroCount += reader.whole();
      for (let bucket = 0; !reader.isAtEnd;) {
        bucket += reader.signed();
        this.#buckets.add(bucket, reader.whole());
      }
    }
  }

  /** In order; a bucket's value is never beyond the least and the greatest. */
  *#steps(): Generator<{ readonly value: number; readonly times: number }> {
    const zeroTimes = this.#zeroTimes();
    if (zeroTimes > 0) yield { value: 0, times: zeroTimes };
    for (const [bucket, times] of this.#buckets.entries()) {
      yield { value: Math.min(this.#maximum, Math.max(this.#minimum, valueOf(bucket))), times };
    }
  }

  #zeroTimes(): number {
    this.#readBuckets();
    return this.#zeroCount;
  }
}

/** A bucket holds what is above γ^(i-1), up to γ^i. */
function bucketOf(value: number): number {
  return Math.ceil(Math.log(Math.min(value, GREATEST)) / LOG_GAMMA);
}

/** As far from one end of the bucket as from the other, in shares of the value. */
function valueOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}
