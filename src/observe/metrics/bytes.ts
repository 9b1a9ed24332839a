/** Numbers as few bytes: what metrics are kept in. */

const FLOAT_BYTES = 8;
/** Beyond it, two numbers that differ would be written as one. */
const LARGEST_WHOLE = Number.MAX_SAFE_INTEGER;
/** Values are often measured to hundredths. */
const HUNDREDTHS = 100;

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** A whole number from 0 on, seven bits a byte. */
  whole(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number that may be below 0. */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /**
   * Any number from 0 on, exactly: whole ones and hundredths in as few bytes as they need. The lowest two bits of the first
   * byte say which: 0 whole, 1 hundredths, 2 eight bytes follow.
   */
  number(value: number): void {
    const hundredths = Math.round(value * HUNDREDTHS);
    if (Number.isInteger(value) && value <= LARGEST_WHOLE / 4) this.whole(value * 4);
    else if (hundredths / HUNDREDTHS === value && hundredths <= LARGEST_WHOLE / 4)
      this.whole(hundredths * 4 + 1);
    else this.#float(value);
  }

  bytes(bytes: Uint8Array): void {
    this.whole(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A copy of all that was written. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #float(value: number): void {
    this.whole(2);
    this.#reserve(FLOAT_BYTES);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Reads what `ByteWriter` wrote; throws RangeError where it ends too early. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  whole(): number {
    let value = this.#bytes[this.#position] ?? 0x80;
    if (value < 0x80) {
      this.#position++;
      return value;
    }
    value = 0;
    for (let weight = 1; ; weight *= 0x80) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new RangeError("the bytes end within a number");
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  number(): number {
    const first = this.whole();
    const kind = first % 4;
    if (kind === 0) return first / 4;
    if (kind === 1) return (first - 1) / 4 / HUNDREDTHS;
    const value = this.#bytes.readDoubleLE(this.#position);
    this.#position += FLOAT_BYTES;
    return value;
  }

  bytes(): Buffer {
    const length = this.whole();
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new RangeError("the bytes end within a part");
    const part = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return part;
  }
}
