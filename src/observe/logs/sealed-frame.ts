/**
 * The form of a segment of a service with a key of KMS: a head, which names the key and holds the segment's data key wrapped under
 * it, and frames. Each frame is AES-256-GCM with a nonce of chance and bound to its place in the text; the data key opens for its
 * stream and segment alone, so that neither frames nor files can change places.
 *
 *     head | frame | frame …                           while it is written: what was written at once, in frames of 64 KiB
 *     head | frame … | index | length (4) mark (4)     packed: a frame is a compressed block (packed-segment.ts)
 *
 * Head and frames begin with the length of what follows and its checksum, so that what a crash left half written is found without
 * the key.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Length and checksum. */
const START_BYTES = 8;
const FORM = "slipway log 1";
const FRAME_TEXT_BYTES = 64 * 1024;
/** What a frame is longer than its text. */
export const FRAME_OVERHEAD = START_BYTES + NONCE_BYTES + TAG_BYTES;
/** A wrapped key and an ARN, with room. */
export const HEAD_BYTES_MAX = 4 * 1024;

/** Not secret. */
export interface SealHead {
  readonly keyArn: string;
  readonly wrapped: string;
}

export interface FramePlace {
  readonly kind: "lines" | "block" | "index";
  /** Where its text begins in the segment's. */
  readonly rawOffset: number;
}

export interface FrameSpan {
  /** In the file. */
  readonly offset: number;
  readonly bytes: number;
  /** In the text. */
  readonly rawOffset: number;
  readonly rawBytes: number;
}

/** It was changed, or belongs elsewhere. */
export class FrameBroken extends Error {
  override readonly name = "FrameBroken";
}

export function encodeHead({ keyArn, wrapped }: SealHead): Buffer {
  return checked([Buffer.from(JSON.stringify({ form: FORM, keyArn, wrapped }))]);
}

/** From the first bytes of a file; null when a crash left less than a head there. Throws FrameBroken for what is none. */
export function decodeHead(start: Buffer): { readonly head: SealHead; readonly bytes: number } | null {
  const bytes = checkedBytes(start, 0);
  if (bytes === null || bytes === START_BYTES) return null;
  if (bytes > start.length && start.length < HEAD_BYTES_MAX) return null;
  if (!isIntact(start.subarray(0, bytes))) throw new FrameBroken("an encrypted log has lost its key");
  const { form, keyArn, wrapped } = JSON.parse(start.toString("utf8", START_BYTES, bytes)) as SealHead & {
    readonly form: string;
  };
  if (form !== FORM) throw new FrameBroken(`an encrypted log is of another form: ${form}`);
  return { head: { keyArn, wrapped }, bytes };
}

export function sealFrame(key: KeyObject, place: FramePlace, text: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(bindingOf(place));
  const body = cipher.update(text);
  cipher.final();
  return checked([nonce, body, cipher.getAuthTag()]);
}

/** Whole texts in frames of about 64 KiB: who wants a line of one opens all of it. */
export function sealTexts(key: KeyObject, texts: readonly Buffer[], rawOffset: number): Buffer {
  const frames: Buffer[] = [];
  let offset = rawOffset;
  let group: Buffer[] = [];
  let bytes = 0;
  for (const [index, text] of texts.entries()) {
    group.push(text);
    bytes += text.length;
    const next = texts[index + 1];
    if (next !== undefined && bytes + next.length <= FRAME_TEXT_BYTES) continue;
    frames.push(sealFrame(key, { kind: "lines", rawOffset: offset }, Buffer.concat(group)));
    offset += bytes;
    group = [];
    bytes = 0;
  }
  return Buffer.concat(frames);
}

/** Throws FrameBroken. */
export function openFrame(key: KeyObject, place: FramePlace, frame: Buffer): Buffer {
  if (frame.length < FRAME_OVERHEAD) throw new FrameBroken("a frame of an encrypted log is cut short");
  const nonce = frame.subarray(START_BYTES, START_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(bindingOf(place))
    .setAuthTag(frame.subarray(-TAG_BYTES));
  const text = decipher.update(frame.subarray(START_BYTES + NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new FrameBroken("a frame of an encrypted log was changed", { cause });
  }
  return text;
}

/** How long the frame is that begins here; null when its beginning is not there, or is none. */
export function frameBytesAt(buffer: Buffer, at: number): number | null {
  const bytes = checkedBytes(buffer, at);
  return bytes === null || bytes < FRAME_OVERHEAD ? null : bytes;
}

/** All of a frame or a head came to the disk. */
export function isIntact(whole: Buffer): boolean {
  return whole.readUInt32LE(4) === crc32(whole.subarray(START_BYTES));
}

function checkedBytes(buffer: Buffer, at: number): number | null {
  return at + START_BYTES > buffer.length ? null : START_BYTES + buffer.readUInt32LE(at);
}

function checked(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat([Buffer.alloc(START_BYTES), ...parts]);
  const content = whole.subarray(START_BYTES);
  whole.writeUInt32LE(content.length, 0);
  whole.writeUInt32LE(crc32(content), 4);
  return whole;
}

function bindingOf({ kind, rawOffset }: FramePlace): Buffer {
  return Buffer.from(`${kind} ${rawOffset}`);
}
