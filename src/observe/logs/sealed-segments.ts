/**
 * What opens sealed segments: their heads, the data keys of those, and where in a segment that is still written which text lies.
 * Opened keys are kept, a thousand of them, until their key of KMS changes; nothing but the files lasts.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { type EncryptionKeys, KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { FileAccess } from "./file-access.ts";
import { type FrameTable, growTable } from "./frame-table.ts";
import { decodeHead, encodeHead, HEAD_BYTES_MAX, type SealHead } from "./sealed-frame.ts";
import { streamKey } from "./stream-key.ts";
import type { StreamFiles } from "./stream-files.ts";

const MAX_OPEN_KEYS = 1_000;
/** A few KiB each. */
const MAX_TABLES = 512;

export interface LogEncryption {
  readonly keys: EncryptionKeys;
  /** The key of KMS of a service; null: its logs are kept as they are. */
  readonly keyArnOf: (serviceId: string) => Promise<string | null>;
}

/** Of one segment. */
export interface Seal {
  readonly head: SealHead;
  /** What the data key was wrapped for: the same segment of the same stream. */
  readonly context: string;
  /** Of the head in the file. */
  readonly headBytes: number;
}

export class SealedSegments {
  readonly #access: FileAccess;
  readonly #encryption: LogEncryption | null;
  /** By wrapped key and segment: a file that was put in another place opens there no more than it would after a start. */
  readonly #keys = new Map<string, { readonly keyArn: string; readonly key: KeyObject }>();
  /** By the same. Of both the least recently used is first. */
  readonly #tables = new Map<string, FrameTable>();
  /** Counts the changes of keys: what was opened before one is not kept after it. */
  #changes = 0;

  /** `encryption` null: no service has a key. */
  constructor(access: FileAccess, encryption: LogEncryption | null) {
    this.#access = access;
    this.#encryption = encryption;
    encryption?.keys.onChange((keyArn) => this.#forget(keyArn));
  }

  /** For a new segment: the bytes it begins with; null where the service has no key. Throws KeyUnavailable. */
  async begin(
    files: StreamFiles,
    number: number,
  ): Promise<{ readonly seal: Seal; readonly start: Buffer } | null> {
    const keyArn = (await this.#encryption?.keyArnOf(files.serviceId)) ?? null;
    if (this.#encryption === null || keyArn === null) return null;
    const context = contextOf(files, number);
    const changes = this.#changes;
    const { plaintext, wrapped } = await this.#encryption.keys.newDataKey(keyArn, context);
    const head = { keyArn, wrapped };
    const start = encodeHead(head);
    const seal = { head, context, headBytes: start.length };
    this.#keep(seal, plaintext, changes);
    return { seal, start };
  }

  /** Throws KeyUnavailable while nothing can be written for this service. */
  async assertUsable(serviceId: string): Promise<void> {
    const keyArn = await this.#encryption?.keyArnOf(serviceId);
    if (typeof keyArn === "string") await this.#encryption?.keys.assertUsable(keyArn);
  }

  /** Torn: a crash came with the first write to it; there is nothing in it. Throws FrameBroken for a damaged one. */
  async sealOf(path: string, files: StreamFiles, number: number): Promise<Seal | "missing" | "torn"> {
    const start = await this.#access.read(path, 0, HEAD_BYTES_MAX);
    if (start === null) return "missing";
    const found = decodeHead(start);
    if (found === null) return "torn";
    return { head: found.head, context: contextOf(files, number), headBytes: found.bytes };
  }

  /** Throws KeyUnavailable, and SealBroken for a wrapped key that was changed. */
  async keyOf(seal: Seal): Promise<KeyObject> {
    const { head, context } = seal;
    const id = idOf(seal);
    const known = this.#keys.get(id);
    if (known?.keyArn === head.keyArn) {
      this.#keys.delete(id);
      this.#keys.set(id, known);
      return known.key;
    }
    if (this.#encryption === null) {
      throw new KeyUnavailable(head.keyArn, "unknown", `The key ${head.keyArn} is not here.`);
    }
    const changes = this.#changes;
    const plaintext = await this.#encryption.keys.openDataKey(head.keyArn, head.wrapped, context);
    return this.#keep(seal, plaintext, changes);
  }

  /** Of a segment that is still written, as far as it went when it had this many bytes. */
  async tableOf(path: string, seal: Seal, fileBytes: number): Promise<FrameTable> {
    const id = idOf(seal);
    const table = await growTable(this.#access, path, this.#tables.get(id) ?? seal, fileBytes);
    this.#tables.delete(id);
    this.#tables.set(id, table);
    removeOldest(this.#tables, MAX_TABLES);
    return table;
  }

  #keep(seal: Seal, plaintext: Buffer, changes: number): KeyObject {
    const key = createSecretKey(plaintext);
    plaintext.fill(0);
    if (changes === this.#changes) this.#keys.set(idOf(seal), { keyArn: seal.head.keyArn, key });
    removeOldest(this.#keys, MAX_OPEN_KEYS);
    return key;
  }

  #forget(keyArn: string): void {
    this.#changes++;
    for (const [id, opened] of this.#keys) if (opened.keyArn === keyArn) this.#keys.delete(id);
  }
}

function contextOf(files: StreamFiles, number: number): string {
  return `log ${files.serviceId} ${streamKey(files.stream)} ${number}`;
}

function idOf({ head, context }: Seal): string {
  return `${head.wrapped} ${context}`;
}

function removeOldest(map: Map<string, unknown>, max: number): void {
  const oldest = map.keys().next();
  if (map.size > max && oldest.done !== true) map.delete(oldest.value);
}
