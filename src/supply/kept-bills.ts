/**
 * Bills of materials of images, kept in files that are named after the image's id and the name it goes by: the id is its
 * content, so a bill never changes, and stays when the image is gone. The oldest go when they are many or take much room.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { BilledImage, BillsOfMaterials } from "../ports/bill-of-materials.ts";
import type { ImageFiles } from "../ports/image-files.ts";
import { distributionOf, imageBill, type ImageContents } from "./image-bill.ts";
import { alpinePackages, debianPackages, type InstalledPackage, npmPackages } from "./installed-packages.ts";

const KEPT_MAX = 1_000;
const KEPT_MAX_BYTES = 512 * 1_024 * 1_024;
/** Of one record. A Debian with two thousand packages has half of it; JSON of this size is read in half a second at worst. */
const FILE_MAX_BYTES = 4 * 1_024 * 1_024;
const OS_RELEASE = ["/etc/os-release", "/usr/lib/os-release"];

type Reader = (text: string) => readonly InstalledPackage[];

const SYSTEM_RECORDS: readonly (readonly [path: string, read: Reader])[] = [
  ["/var/lib/dpkg/status", debianPackages],
  ["/var/lib/dpkg/status.d", debianPackages],
  ["/lib/apk/db/installed", alpinePackages],
];
/** In the working directory; the second tells less, and is read only without the first. */
const NPM_RECORDS = ["node_modules/.package-lock.json", "package-lock.json"];

export class KeptBills implements BillsOfMaterials {
  readonly #directory: string;
  readonly #files: ImageFiles;
  /** In the making, one after the other: an image is read once however many ask, and others wait. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(directory: string, files: ImageFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  async of(image: BilledImage, signal: AbortSignal): Promise<string | null> {
    const path = this.#pathOf(image);
    const kept = await keptAt(path);
    if (kept !== null) return kept;
    const made = this.#making.then(
      async () => (await keptAt(path)) ?? (await this.#make(image, path, signal)),
    );
    this.#making = made.catch(() => undefined);
    return await made;
  }

  /** Whoever shares an image with another service must not read that one's name in it. */
  #pathOf({ imageId, name }: BilledImage): string {
    const id = imageId.replace("sha256:", "").replaceAll(/[^0-9a-f]/g, "");
    const called = createHash("sha256").update(name).digest("hex").slice(0, 16);
    return join(this.#directory, `${id}-${called}.cdx.json`);
  }

  async #make(image: BilledImage, path: string, signal: AbortSignal): Promise<string | null> {
    signal.throwIfAborted();
    const contents = await this.#look(image.imageId, signal);
    if (contents === null) return null;
    const bill = imageBill(image, contents);
    await this.#keep(path, bill);
    return bill;
  }

  async #look(imageId: string, signal: AbortSignal): Promise<ImageContents | null> {
    const directory = await this.#files.workingDirectory(imageId, signal);
    const npm = NPM_RECORDS.map((name) => posix.join("/", directory ?? "/", name));
    const paths = [...SYSTEM_RECORDS.map(([path]) => path), ...npm, ...OS_RELEASE];
    const found = await this.#files.read(imageId, paths, FILE_MAX_BYTES, signal);
    if (found === null) return null;
    const record = npm.find((path) => found.has(path));
    const readers = [...SYSTEM_RECORDS, ...(record === undefined ? [] : [[record, npmPackages] as const])];
    const present = readers.filter(([path]) => found.has(path));
    const [unread, sources] = [
      present.filter(([path]) => found.get(path) === null),
      present.filter(([path]) => found.get(path) !== null),
    ];
    const osRelease = OS_RELEASE.flatMap((path) => found.get(path) ?? [])[0];
    return {
      packages: sources.flatMap(([path, read]) =>
        (found.get(path) ?? []).flatMap((file) => read(file.toString("utf8"))),
      ),
      distribution: osRelease === undefined ? null : distributionOf(osRelease.toString("utf8")),
      sources: sources.map(([path]) => path),
      unread: unread.map(([path]) => path),
    };
  }

  /** Whole or not at all. */
  async #keep(path: string, bill: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, bill, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#directory);
    const files = await Promise.all(names.map((name) => sizeAndAge(join(this.#directory, name))));
    let bytes = 0;
    for (const [index, { path, size }] of files
      .toSorted((one, other) => other.keptMs - one.keptMs)
      .entries()) {
      bytes += size;
      if (index >= KEPT_MAX || bytes > KEPT_MAX_BYTES) await rm(path, { force: true });
    }
  }
}

async function keptAt(path: string): Promise<string | null> {
  return await readFile(path, "utf8").catch(() => null);
}

async function sizeAndAge(path: string) {
  const { size, mtimeMs } = await stat(path);
  return { path, size, keptMs: mtimeMs };
}
