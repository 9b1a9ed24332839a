/**
 * As much of protobuf's wire format as talking to BuildKit needs: reading and writing varints and bytes. What is read
 * comes from the engine and is bounded by the length of its buffer; anything malformed is a ProtobufError.
 */

export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

type FieldValue = bigint | Buffer;

const VARINT_BYTES_MAX = 10;
const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The fields of one message; each may occur several times. */
export class Message {
  readonly #fields = new Map<number, FieldValue[]>();

  /** Reads one whole message. */
  static read(bytes: Buffer): Message {
    const message = new Message();
    const reader = new Reader(bytes);
    while (!reader.isAtEnd) {
      const key = Number(reader.varint());
      const value = reader.value(key & 7);
      const number = Math.floor(key / 8);
      const values = message.#fields.get(number);
      if (values === undefined) message.#fields.set(number, [value]);
      else values.push(value);
    }
    return message;
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** Every value of a field that holds strings, bytes or messages. */
  all(field: number): readonly Buffer[] {
    return (this.#fields.get(field) ?? []).filter((value) => Buffer.isBuffer(value));
  }

  /** Empty when the field is not there. */
  bytes(field: number): Buffer {
    return this.all(field).at(-1) ?? Buffer.alloc(0);
  }

  /** Empty when the field is not there. */
  text(field: number): string {
    return this.bytes(field).toString("utf8");
  }

  /** 0 when the field is not there. */
  number(field: number): number {
    const value = this.#fields.get(field)?.at(-1);
    return typeof value === "bigint" ? Number(value) : 0;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  varint(): bigint {
    let result = 0n;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new ProtobufError("the message ends within a number");
      result |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return result;
    }
    throw new ProtobufError("a number is longer than 10 bytes");
  }

  value(wireType: number): FieldValue {
    switch (wireType) {
      case wireTypes.varint:
        return this.varint();
      case wireTypes.bytes:
        return this.#take(Number(this.varint()));
      case wireTypes.fixed64:
        return this.#take(8);
      case wireTypes.fixed32:
        return this.#take(4);
      default:
        throw new ProtobufError(`unknown wire type ${wireType}`);
    }
  }

  #take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new ProtobufError("a field is longer than its message");
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}

/** A field that holds a number; one of 0 is left out, as protobuf does. */
export function numberField(field: number, value: number | bigint): Buffer {
  if (BigInt(value) === 0n) return Buffer.alloc(0);
  return Buffer.concat([varint(field * 8 + wireTypes.varint), varint(value)]);
}

/** A field that holds a string, bytes or a message. */
export function bytesField(field: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + wireTypes.bytes), varint(bytes.length), bytes]);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
