/**
 * `master.key`, the next one while it is rotated (`master.key.next`), and those set aside (`master.key.old-<id>`): who restores
 * an older database needs the key of its time. Nobody but the user removes those.
 */
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { masterKeyId } from "./keyring.ts";
import { createMasterKey, readMasterKey, syncDirectory } from "./master-key.ts";

export class MasterKeyFile {
  readonly path: string;
  readonly #nextPath: string;

  constructor(path: string) {
    this.path = path;
    this.#nextPath = `${path}.next`;
  }

  read(): Buffer | null {
    return readMasterKey(this.path);
  }

  create(): Buffer {
    return createMasterKey(this.path);
  }

  /** In place of one that a crash left behind, and that protects nothing. */
  createNext(): Buffer {
    this.dropNext();
    return createMasterKey(this.#nextPath);
  }

  readNext(): Buffer | null {
    return readMasterKey(this.#nextPath);
  }

  dropNext(): void {
    rmSync(this.#nextPath, { force: true });
  }

  /** A crash between the two leaves the next one as the only one, which opens what it is asked for. */
  promoteNext(afterStep: (step: string) => void): void {
    this.setAside();
    afterStep("old key set aside");
    renameSync(this.#nextPath, this.path);
    syncDirectory(dirname(this.path));
  }

  setAside(): void {
    const key = this.read();
    if (key === null) return;
    renameSync(this.path, `${this.path}.old-${masterKeyId(key)}`);
    syncDirectory(dirname(this.path));
  }

  /** Paths of those set aside. */
  oldPaths(): readonly string[] {
    return this.#beside((rest) => rest.startsWith(".old-"));
  }

  /** What a crash left of keys that were being made: nobody needs it, and it may be the same as one that is in use. */
  dropUnfinished(): void {
    for (const path of this.#beside((rest) => rest.endsWith(".tmp"))) rmSync(path);
  }

  /** Files that are named as ours and go on like that. */
  #beside(isOne: (rest: string) => boolean): readonly string[] {
    const directory = dirname(this.path);
    const name = basename(this.path);
    const all = existsSync(directory) ? readdirSync(directory) : [];
    const found = all.filter((other) => other.startsWith(name) && isOne(other.slice(name.length)));
    return found.toSorted().map((other) => join(directory, other));
  }

  /** One of those set aside becomes the present one again. */
  bringBack(oldPath: string): void {
    renameSync(oldPath, this.path);
    syncDirectory(dirname(this.path));
  }
}
