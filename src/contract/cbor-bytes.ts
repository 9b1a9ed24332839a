// CBOR → a value like JSON's. The bytes are walked before the decoder sees them: bounded nesting, sizes that the body really
// has, and only what Smithy uses of CBOR. (The decoder knows dozens of tags, shared references and classes among them.)
import { Decoder } from "cbor-x";
import { WireError } from "./errors.ts";
import { maxDepth } from "./json-text.ts";

const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

const MAJOR = { text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;
const EPOCH_TIME_TAG = 1;

export function parseCbor(bytes: Uint8Array): unknown {
  const walk = new Walk(bytes);
  walk.item(0);
  if (walk.position !== bytes.length) throw malformed("holds more than one value");
  try {
    return decoder.decode(bytes) as unknown;
  } catch {
    throw malformed("cannot be decoded");
  }
}

class Walk {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes over one item and all within it. */
  item(depth: number): void {
    if (depth > maxDepth) throw malformed(`nests more than ${maxDepth} levels`);
    const initial = this.#byte();
    const major = initial >> 5;
    const short = initial & 31;
    if (major === MAJOR.simple) return this.#simple(short);
    if (short === INDEFINITE) return this.#indefinite(major, depth);
    const argument = this.#argument(short);
    if (major < 2) return;
    if (major <= MAJOR.text) return this.#skip(argument);
    if (major === MAJOR.tag && argument !== EPOCH_TIME_TAG) {
      throw malformed(`holds tag ${argument}; only ${EPOCH_TIME_TAG} (a time) is known`);
    }
    const items = major === MAJOR.map ? argument * 2 : major === MAJOR.list ? argument : 1;
    // Each takes a byte at least, so that no size can be claimed that is not there.
    if (items > this.#bytes.length - this.position) throw malformed("ends within a value");
    for (let index = 0; index < items; index += 1) this.item(depth + 1);
  }

  #byte(): number {
    const byte = this.#bytes[this.position];
    if (byte === undefined) throw malformed("ends within a value");
    this.position += 1;
    return byte;
  }

  #skip(length: number): void {
    if (length > this.#bytes.length - this.position) throw malformed("ends within a value");
    this.position += length;
  }

  #simple(short: number): void {
    const lengths: Readonly<Record<number, number>> = { 20: 0, 21: 0, 22: 0, 23: 0, 25: 2, 26: 4, 27: 8 };
    const length = lengths[short];
    if (length === undefined) throw malformed("holds what is neither a number, a text, true, false nor null");
    this.#skip(length);
  }

  #argument(short: number): number {
    if (short < 24) return short;
    if (short > 27) throw malformed("holds a reserved size");
    const length = 2 ** (short - 24);
    const start = this.position;
    this.#skip(length);
    if (length === 1) return this.#view.getUint8(start);
    if (length === 2) return this.#view.getUint16(start);
    return length === 4 ? this.#view.getUint32(start) : Number(this.#view.getBigUint64(start));
  }

  #indefinite(major: number, depth: number): void {
    if (major !== MAJOR.list && major !== MAJOR.map)
      throw malformed("holds a number, text or tag of no size");
    for (let count = 0; ; count += 1) {
      if (this.#bytes[this.position] === BREAK) {
        this.position += 1;
        if (major === MAJOR.map && count % 2 === 1) throw malformed("holds a name without a value");
        return;
      }
      this.item(depth + 1);
    }
  }
}

function malformed(wrong: string): WireError {
  return new WireError("SerializationException", `The body ${wrong}; it must be one CBOR value.`);
}
