/**
 * Writes the files of a commit, with its submodules and what Git LFS keeps elsewhere. A tree is read as a list and judged
 * before anything of it is written; links are judged when all are known.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "../../ports/source-code.ts";
import { findEscapingLink } from "./escaping-link.ts";
import { inMiB } from "./git-failure.ts";
import { canBePointer, parsePointer, type LfsFile } from "./lfs.ts";
import type { SourceLimits } from "./limits.ts";
import { quoted } from "./location.ts";
import { attributeOf, listTree, readObjects, writeTree, type ObjectStore } from "./object-store.ts";
import type { RepositoryAddress } from "./repository-address.ts";
import type { RepositoryReader } from "./repository-reader.ts";
import { findSubmodules, type Submodule } from "./submodules.ts";
import { checkNames, parseTree, type TreeEntry } from "./tree-listing.ts";

const LINK_BYTES_MAX = 4096;

interface Part {
  readonly store: ObjectStore;
  readonly commitId: string;
  /** Null: a repository that Slipway hosts. */
  readonly address: RepositoryAddress | null;
}

/** A part at its place: empty for the service's own repository, `lib` or `lib/deep` for submodules. */
interface PlacedPart extends Part {
  readonly prefix: string;
  readonly depth: number;
}

export class TreeExport {
  readonly #reader: RepositoryReader;
  readonly #limits: SourceLimits;
  readonly #directory: string;
  readonly #links = new Map<string, string>();
  #bytes = 0;
  #files = 0;
  #parts = 0;

  /** Files go to `tree/` below the directory. */
  constructor(reader: RepositoryReader, limits: SourceLimits, directory: string) {
    this.#reader = reader;
    this.#limits = limits;
    this.#directory = directory;
  }

  async write(part: Part): Promise<void> {
    await mkdir(join(this.#directory, "tree"));
    await this.#writePart({ ...part, prefix: "", depth: 0 });
  }

  async #writePart(part: PlacedPart): Promise<void> {
    const entries = parseTree(await listTree(part.store, part.commitId));
    this.#count(entries);
    checkNames(entries);
    await this.#checkLinks(part, entries);
    const submodules = await findSubmodules(part.store, entries, part.address);
    const directory = join(this.#directory, "tree", part.prefix);
    const indexFile = join(this.#directory, `index-${this.#parts++}`);
    await writeTree(part.store, part.commitId, { directory, indexFile });
    await this.#replacePointers(part, entries, { directory, indexFile });
    await rm(indexFile);
    for (const submodule of submodules) await this.#writeSubmodule(part, submodule);
  }

  async #writeSubmodule(parent: PlacedPart, { path, commitId, address }: Submodule): Promise<void> {
    const prefix = join(parent.prefix, path);
    const { submodules, submoduleDepth } = this.#limits;
    if (this.#parts > submodules || parent.depth >= submoduleDepth)
      throw new SourceError(
        "too-large",
        `${quoted(prefix)} is one submodule too many: there may be ${submodules}, ${submoduleDepth} deep.`,
      );
    try {
      const obtained = await this.#reader.obtainSubmodule(address, commitId);
      await this.#writePart({ ...obtained, address, prefix, depth: parent.depth + 1 });
    } catch (error) {
      if (!(error instanceof SourceError) || error.message.startsWith("Submodule ")) throw error;
      throw new SourceError(error.problem, `Submodule ${quoted(prefix)}: ${error.message}`, { cause: error });
    }
  }

  #count(entries: readonly TreeEntry[]): void {
    this.#files += entries.length;
    for (const { bytes } of entries) this.#bytes += bytes;
    this.#checkSize();
  }

  #checkSize(): void {
    const { files, treeBytes } = this.#limits;
    if (this.#files > files)
      throw new SourceError(
        "too-large",
        `The repository has ${this.#files} files or more; the limit is ${files}. Leave out what a build can make.`,
      );
    if (this.#bytes > treeBytes)
      throw new SourceError(
        "too-large",
        `The files of the repository take ${inMiB(this.#bytes)} or more; the limit is ${inMiB(treeBytes)}. ` +
          "Keep large files elsewhere, and let the build download them.",
      );
  }

  async #checkLinks({ store, prefix }: PlacedPart, entries: readonly TreeEntry[]): Promise<void> {
    const links = entries.filter(({ kind }) => kind === "link");
    const tooLong = links.find(({ bytes }) => bytes > LINK_BYTES_MAX);
    const targets =
      tooLong === undefined
        ? await readObjects(
            store,
            links.map(({ id }) => id),
          )
        : [];
    for (const [index, { path }] of links.entries())
      this.#links.set(join(prefix, path), targets[index]?.toString("utf8") ?? "");
    const escaping = tooLong?.path ?? findEscapingLink(this.#links);
    if (escaping === null) return;
    throw new SourceError(
      "refused",
      `The link ${quoted(escaping)} leads out of the repository. Let it point to a file within, by a relative path.`,
    );
  }

  async #replacePointers(
    { store, address, prefix }: PlacedPart,
    entries: readonly TreeEntry[],
    { directory, indexFile }: { readonly directory: string; readonly indexFile: string },
  ): Promise<void> {
    const hasAttributes = entries.some(({ path }) => /(?:^|\/)\.gitattributes$/.test(path));
    const small = entries.filter(({ kind, bytes }) => kind === "file" && canBePointer(bytes));
    if (!hasAttributes || small.length === 0) return;
    const paths = small.map(({ path }) => path);
    const values = await attributeOf(store, { attribute: "filter", paths, indexFile });
    const pointers: LfsFile[] = [];
    for (const path of paths.filter((_path, index) => values[index] === "lfs")) {
      const pointer = parsePointer(path, await readFile(join(directory, path), "utf8"));
      if (pointer !== null) pointers.push(pointer);
    }
    if (pointers.length === 0) return;
    for (const { bytes } of pointers) this.#bytes += bytes;
    this.#checkSize();
    if (address === null)
      throw new SourceError(
        "refused",
        `${quoted(join(prefix, pointers[0]?.path ?? ""))} is kept in Git LFS, which repositories that Slipway hosts do not have.`,
      );
    await this.#reader.downloadLfs(address, directory, pointers);
  }
}
