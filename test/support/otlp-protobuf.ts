/**
 * Reads spans that came as protocol buffers, in the form that OTLP's JSON has. The numbers are those of
 * `opentelemetry/proto/trace/v1/trace.proto`; nothing of the library that writes them is used.
 */
import type { ReceivedSpan } from "./collector.ts";

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** By number, in their order; numbers of any kind as bigint. */
type Fields = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

/** Of an ExportTraceServiceRequest. */
export function spansInProtobuf(request: Buffer): readonly ReceivedSpan[] {
  const scopes = messages(fieldsOf(request), 1).flatMap((resource) => messages(resource, 2));
  return scopes.flatMap((scope) => messages(scope, 2)).map(spanOf);
}

function spanOf(span: Fields): ReceivedSpan {
  const status = messages(span, 15)[0];
  return {
    traceId: bytesAt(span, 1).toString("hex"),
    spanId: bytesAt(span, 2).toString("hex"),
    parentSpanId: bytesAt(span, 4).toString("hex"),
    name: bytesAt(span, 5).toString(),
    kind: Number(numberAt(span, 6)),
    startTimeUnixNano: String(numberAt(span, 7)),
    endTimeUnixNano: String(numberAt(span, 8)),
    attributes: messages(span, 9).map((attribute) => ({
      key: bytesAt(attribute, 1).toString(),
      value: valueOf(messages(attribute, 2)[0] ?? new Map()),
    })),
    status: { code: status === undefined ? 0 : Number(numberAt(status, 3)) },
  };
}

function valueOf(value: Fields): Readonly<Record<string, unknown>> {
  if (value.has(1)) return { stringValue: bytesAt(value, 1).toString() };
  if (value.has(2)) return { boolValue: numberAt(value, 2) === 1n };
  if (value.has(3)) return { intValue: Number(BigInt.asIntN(64, numberAt(value, 3))) };
  if (value.has(4)) return { doubleValue: doubleOf(numberAt(value, 4)) };
  throw new Error(`an attribute has a value of kind ${[...value.keys()].join()}`);
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}

function messages(fields: Fields, number: number): readonly Fields[] {
  return (fields.get(number) ?? []).map((field) => {
    if (typeof field === "bigint") throw new Error(`field ${number} is a number and no message`);
    return fieldsOf(field);
  });
}

/** What is not written is empty. */
function bytesAt(fields: Fields, number: number): Buffer {
  const field = fields.get(number)?.[0] ?? Buffer.alloc(0);
  if (typeof field === "bigint") throw new Error(`field ${number} is a number and no bytes`);
  return field;
}

function numberAt(fields: Fields, number: number): bigint {
  const field = fields.get(number)?.[0] ?? 0n;
  if (typeof field !== "bigint") throw new Error(`field ${number} is bytes and no number`);
  return field;
}

function fieldsOf(message: Buffer): Fields {
  const fields = new Map<number, (Buffer | bigint)[]>();
  for (let at = 0; at < message.length;) {
    const tag = varintAt(message, at);
    const number = Number(tag.value >> 3n);
    const { field, end } = fieldAt(message, tag.end, Number(tag.value & 7n));
    fields.set(number, [...(fields.get(number) ?? []), field]);
    at = end;
  }
  return fields;
}

function fieldAt(message: Buffer, at: number, type: number): { field: Buffer | bigint; end: number } {
  switch (type) {
    case VARINT: {
      const { value, end } = varintAt(message, at);
      return { field: value, end };
    }
    case FIXED_64:
      return { field: message.readBigUInt64LE(at), end: at + 8 };
    case FIXED_32:
      return { field: BigInt(message.readUInt32LE(at)), end: at + 4 };
    case BYTES: {
      const { value, end: start } = varintAt(message, at);
      const end = start + Number(value);
      if (end > message.length) throw new Error(`a field at ${at} is longer than its message`);
      return { field: message.subarray(start, end), end };
    }
    default:
      throw new Error(`a field at ${at} is of the unknown wire type ${type}`);
  }
}

function varintAt(message: Buffer, at: number): { readonly value: bigint; readonly end: number } {
  let value = 0n;
  for (let end = at; ; end++) {
    const byte = message.readUInt8(end);
    value |= BigInt(byte & 0x7f) << BigInt(7 * (end - at));
    if (byte < 0x80) return { value, end: end + 1 };
  }
}
