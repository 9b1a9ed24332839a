/**
 * Opens the vault and rotates its master key. The data keys lie in the database, wrapped (`keyring.ts`); the master key comes
 * from a file of ours, from the environment or from a command.
 *
 * Rotation: the data keys are wrapped under both keys in one write, then the next key becomes the present one, then the old wraps
 * go. Whatever a crash leaves, one of the keys that are there opens it, and the next start finishes the rest. A new master key is
 * made only for a new installation, never in place of one that is missing.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../ports/clock.ts";
import type { SettingTable } from "../ports/store.ts";
import { RotationRefused, SealBroken, type VaultKeeping, type VaultStatus } from "../ports/vault.ts";
import {
  type DataKey,
  type Keyring,
  masterKeyId,
  masterKeyIds,
  parseKeyring,
  unwrapAll,
  wrapAll,
} from "./keyring.ts";
import type { KnownValues } from "./known-values.ts";
import type { MasterKeyFile } from "./master-key-file.ts";
import type { MasterKeySource } from "./master-key-source.ts";
import { readMasterKey } from "./master-key.ts";
import { KEY_BYTES, SealedVault } from "./sealed-vault.ts";

export const KEYRING_SETTING = "vault-keyring";

export interface KeptVaultOptions {
  readonly settings: SettingTable;
  readonly file: MasterKeyFile;
  /** Null: the file. */
  readonly source: MasterKeySource | null;
  /** What a rotation goes to; null: to a new file. */
  readonly next: MasterKeySource | null;
  /** Whether nothing can have been sealed yet. */
  readonly isNew: boolean;
  readonly clock: Pick<Clock, "now">;
  /** Learns what is sealed and opened. */
  readonly known?: KnownValues;
  /** Tests end here as a crash does. */
  readonly afterStep?: (step: string) => void;
}

interface Opened {
  readonly masterKey: Buffer;
  readonly dataKeys: readonly DataKey[];
  readonly ring: Keyring;
}

export class KeptVault implements VaultKeeping {
  readonly vault: SealedVault;
  readonly #options: KeptVaultOptions;
  #opened: Opened;
  #isRotating = false;

  private constructor(options: KeptVaultOptions, opened: Opened) {
    this.#options = options;
    this.#opened = opened;
    this.vault = new SealedVault(...bytesOf(opened.dataKeys));
    if (options.known !== undefined) this.vault.tellingOf(options.known);
  }

  /** Throws SealBroken: the master key is missing, damaged, readable by others, or another one. */
  static async open(options: KeptVaultOptions): Promise<KeptVault> {
    options.file.dropUnfinished();
    const text = await options.settings.get(KEYRING_SETTING);
    const opened = text === null ? await firstOpening(options) : await openRing(parseKeyring(text), options);
    return new KeptVault(options, opened);
  }

  status(): VaultStatus {
    const { ring, masterKey } = this.#opened;
    const present = masterKeyId(masterKey);
    return {
      origin: ring.origin,
      masterKeyId: present,
      nextMasterKeyId: masterKeyIds(ring).find((id) => id !== present) ?? null,
      dataKeyCount: ring.keys.length,
      rotatedAtMs: ring.rotatedAtMs,
      oldFiles: this.#options.file.oldPaths(),
    };
  }

  async rotate(): Promise<VaultStatus> {
    if (this.#isRotating) throw new RotationRefused("The master key is being rotated already.");
    this.#isRotating = true;
    try {
      await this.#rotate();
    } finally {
      this.#isRotating = false;
    }
    return this.status();
  }

  async #rotate(): Promise<void> {
    const { source, next, file, clock, settings, afterStep = ignore } = this.#options;
    const { masterKey } = this.#opened;
    if (next === null && source !== null) throw new RotationRefused(NO_NEXT);
    const nextKey = next === null ? file.createNext() : await readNext(next);
    if (nextKey.equals(masterKey)) throw new RotationRefused(SAME_KEY);
    afterStep("next key read");
    const rotatedAtMs = clock.now();
    const freshKey = { bytes: randomBytes(KEY_BYTES), createdAtMs: rotatedAtMs };
    const dataKeys = [...this.#opened.dataKeys, freshKey];
    const { origin } = this.#opened.ring;
    const both = wrapAll(dataKeys, [masterKey, nextKey], { origin, rotatedAtMs });
    await saveRing(settings, both);
    this.#opened = { masterKey, dataKeys, ring: both };
    this.vault.add(freshKey.bytes);
    afterStep("wrapped under both");
    if (next !== null) return;
    file.promoteNext(afterStep);
    afterStep("next key is present");
    this.#opened = await rewrap({ masterKey: nextKey, dataKeys, ring: both }, [nextKey], this.#options);
  }
}

const NO_NEXT =
  "No next master key is named: set SLIPWAY_MASTER_KEY_NEXT or masterKeyNextCommand, and restart Slipway.";
const SAME_KEY = "The next master key is the present one: name another.";

/** Throws RotationRefused. */
async function readNext(next: MasterKeySource): Promise<Buffer> {
  try {
    return await next.read();
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new RotationRefused(`Nothing is changed: ${cause.message}.`, { cause });
  }
}

const ignore = () => undefined;

function bytesOf(dataKeys: readonly DataKey[]): readonly [Buffer, ...Buffer[]] {
  const [first, ...rest] = dataKeys.map(({ bytes }) => bytes);
  if (first === undefined) throw new SealBroken("the vault has no keys: restore the database");
  return [first, ...rest];
}

/** The keyring is made. A master key from before there were keyrings stays a data key: it opens what it sealed. */
async function firstOpening(options: KeptVaultOptions): Promise<Opened> {
  const { file, source, isNew, clock, settings } = options;
  const found = file.read();
  if (found === null && !isNew) throw new SealBroken(missing(file.path));
  const masterKey = source === null ? (found ?? file.create()) : await source.read();
  const createdAtMs = clock.now();
  const fresh = { bytes: randomBytes(KEY_BYTES), createdAtMs };
  const dataKeys = found === null || isNew ? [fresh] : [{ bytes: found, createdAtMs }, fresh];
  const ring = wrapAll(dataKeys, [masterKey], { origin: source?.origin ?? "file", rotatedAtMs: null });
  await saveRing(settings, ring);
  if (source !== null) file.setAside();
  return { masterKey, dataKeys, ring };
}

async function openRing(ring: Keyring, options: KeptVaultOptions): Promise<Opened> {
  const masterKey = options.source === null ? keyInFiles(ring, options) : await options.source.read();
  if (!opens(ring, masterKey)) throw new SealBroken(wrongKey(ring, masterKey));
  const opened = { masterKey, dataKeys: unwrapAll(ring, masterKey), ring };
  if (options.next === null) return await rewrap(opened, [masterKey], options);
  // Both open it until the next one is made the present one, or is named no more.
  const nextKey = await options.next.read().catch(passOver);
  return nextKey === null ? opened : await rewrap(opened, [masterKey, nextKey], options);
}

/** What gives the next key may be out of order: that is told when it is needed. */
function passOver(error: unknown): null {
  if (error instanceof SealBroken) return null;
  throw error;
}

/** Finishes in the files what a crash interrupted. */
function keyInFiles(ring: Keyring, { file }: KeptVaultOptions): Buffer {
  const next = file.readNext();
  if (next !== null && opens(ring, next)) file.promoteNext(ignore);
  else file.dropNext();
  const present = file.read();
  if (present !== null && opens(ring, present)) return present;
  const oldPath = file.oldPaths().find((path) => {
    const key = readMasterKey(path);
    return key !== null && opens(ring, key);
  });
  if (oldPath !== undefined) {
    // An older database was put back, and the key of its time is there.
    file.setAside();
    file.bringBack(oldPath);
  }
  const key = file.read() ?? present;
  if (key === null) throw new SealBroken(missing(file.path, ring));
  return key;
}

function opens(ring: Keyring, masterKey: Buffer): boolean {
  return masterKeyIds(ring).includes(masterKeyId(masterKey));
}

/** Only under these of the keys it is under already; nothing is written where nothing changes. */
async function rewrap(
  opened: Opened,
  masterKeys: readonly Buffer[],
  { settings, source }: KeptVaultOptions,
): Promise<Opened> {
  const kept = masterKeys.filter((key) => opens(opened.ring, key));
  const origin = source?.origin ?? "file";
  const isSame = kept.length === masterKeyIds(opened.ring).length && origin === opened.ring.origin;
  if (isSame) return opened;
  const ring = wrapAll(opened.dataKeys, kept, { origin, rotatedAtMs: opened.ring.rotatedAtMs });
  await saveRing(settings, ring);
  return { ...opened, ring };
}

async function saveRing(settings: SettingTable, ring: Keyring): Promise<void> {
  await settings.put(KEYRING_SETTING, JSON.stringify(ring));
}

function missing(path: string, ring?: Keyring): string {
  const from =
    ring === undefined || ring.origin === "file"
      ? `put its backup back`
      : `it came from ${ORIGINS[ring.origin]} before: give it from there again`;
  return `the master key ${path} is missing, and there are data sealed under it: ${from}. Slipway makes no new one in its place`;
}

const ORIGINS = { file: "a file", environment: "SLIPWAY_MASTER_KEY", command: "masterKeyCommand" } as const;

function wrongKey(ring: Keyring, given: Buffer): string {
  const ids = masterKeyIds(ring).join(" and ");
  return `this master key (${masterKeyId(given)}) does not open the vault, which is under ${ids}, last from ${ORIGINS[ring.origin]}: give that one, and rotate to the other with \`slipway vault rotate\``;
}
