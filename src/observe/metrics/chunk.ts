/** How values lie in the database: all metrics of ten seconds in one row, and all buckets of a chunk of one metric. */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { Sketch } from "./sketch.ts";

/** The first byte says which. */
const PLAIN = 0;
const COMPRESSED = 1;
/** Less than that does not get smaller. */
const WORTH_COMPRESSING = 100;
/** Chunks are at most some tens of KB; more is no chunk of ours. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Numbers from 0 on (codes of metrics, places of buckets) → values. */
export type Sketches = ReadonlyMap<number, Sketch>;

export function encodeSketches(sketches: Sketches): Buffer {
  const writer = new ByteWriter();
  let before = 0;
  for (const [number, sketch] of [...sketches].sort(([one], [other]) => one - other)) {
    writer.whole(number - before);
    sketch.writeTo(writer);
    before = number;
  }
  return writer.finish();
}

/** What a torn row still has: the disk may rot, and one row must not hold up all others. */
export function decodeSketches(bytes: Uint8Array): Map<number, Sketch> {
  const reader = new ByteReader(bytes);
  const sketches = new Map<number, Sketch>();
  try {
    for (let number = 0; !reader.isAtEnd;) {
      number += reader.whole();
      sketches.set(number, Sketch.readFrom(reader));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return sketches;
}

export function encodeChunk(sketches: Sketches): Buffer {
  const plain = encodeSketches(sketches);
  const compressed = plain.length < WORTH_COMPRESSING ? plain : zstdCompressSync(plain);
  const isSmaller = compressed.length < plain.length;
  return Buffer.concat([Buffer.of(isSmaller ? COMPRESSED : PLAIN), isSmaller ? compressed : plain]);
}

export function decodeChunk(bytes: Uint8Array): Map<number, Sketch> {
  const body = bytes.subarray(1);
  return decodeSketches(bytes[0] === COMPRESSED ? decompress(body) : body);
}

export function mergeInto(sketches: Map<number, Sketch>, number: number, added: Sketch): void {
  const known = sketches.get(number);
  if (known === undefined) sketches.set(number, added);
  else known.merge(added);
}

function decompress(bytes: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    return new Uint8Array();
  }
}
