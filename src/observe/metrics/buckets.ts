/** How many values lie in each bucket, from the lowest that has some to the highest: neighbours mostly, so an array. */
export class Buckets {
  #first = 0;
  #counts: number[] = [];

  add(bucket: number, times: number): void {
    if (this.#counts.length === 0) this.#first = bucket;
    if (bucket < this.#first) this.#extendDown(bucket);
    const index = bucket - this.#first;
    while (this.#counts.length <= index) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] ?? 0) + times;
  }

  addAll(other: Buckets): void {
    for (const [bucket, times] of other.entries()) this.add(bucket, times);
  }

  /** Those that have values, in order. */
  *entries(): Generator<readonly [number, number]> {
    for (const [index, times] of this.#counts.entries()) if (times > 0) yield [this.#first + index, times];
  }

  #extendDown(bucket: number): void {
    this.#counts = [...Array.from({ length: this.#first - bucket }, () => 0), ...this.#counts];
    this.#first = bucket;
  }
}
