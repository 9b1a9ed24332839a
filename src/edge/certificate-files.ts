/**
 * Certificates on disk: a file each, and the list made from them. The files are the truth. Each step leaves what HAProxy can
 * start with: a file is there before the list names it, and goes after the list has forgotten it.
 *
 * Keys are not kept in memory. Callers keep changes in order.
 */
import { chmod, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CertificateFacts, type CertificateFile, parseCertificateFile } from "./certificate-file.ts";
import { type CertificateNames, renderCertificateList, servedNames } from "./certificate-list.ts";
import type { EdgeLog } from "./desired-state.ts";
import { isMissing, removeIfExists, writeDurably } from "./durable-file.ts";
import type { EdgeLayout } from "./layout.ts";

export class CertificateFiles {
  readonly #layout: EdgeLayout;
  readonly #log: EdgeLog;
  readonly #certificates = new Map<string, CertificateFacts>();
  #names: CertificateNames = new Map();

  constructor(layout: EdgeLayout, log: EdgeLog) {
    this.#layout = layout;
    this.#log = log;
  }

  get all(): ReadonlyMap<string, CertificateFacts> {
    return this.#certificates;
  }

  /** What HAProxy shall have. */
  get names(): CertificateNames {
    return this.#names;
  }

  /** Memory becomes what is on disk. A file that is not as we write it is moved aside: HAProxy would not start with it. */
  async reconcile(): Promise<void> {
    const { certificateDirectory, brokenDirectory } = this.#layout;
    for (const directory of [certificateDirectory, brokenDirectory]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await chmod(directory, 0o700);
    }
    const names = (await readdir(certificateDirectory)).filter((name) => !this.#isReserved(name));
    const files = await Promise.all(names.map(async (name) => ({ name, found: await this.#parse(name) })));
    const newest = newestOfEach(files.flatMap(({ found }) => found ?? []));
    await this.#setAll(newest);
    // HAProxy no longer looks for these.
    const dropped = files.filter(({ name, found }) => newest.get(found?.id ?? "")?.fileName !== name);
    for (const { name, found } of dropped) await this.#drop(name, found);
  }

  async #parse(name: string): Promise<CertificateFacts | null> {
    const text = await readFile(this.#path(name), "utf8").catch(() => "");
    const found = parseCertificateFile(name, text);
    return found === null ? null : factsOf(found);
  }

  async #drop(name: string, found: CertificateFacts | null): Promise<void> {
    // An unfinished write of ours, or what was replaced by who was killed before it removed the older one.
    if (name.endsWith(".new") || found !== null) await removeIfExists(this.#path(name));
    else await this.#moveAside(this.#path(name), "is not readable as a certificate of the edge");
  }

  nextRank(): number {
    return 1 + Math.max(0, ...Array.from(this.#certificates.values(), ({ rank }) => rank));
  }

  /** Adds or replaces. */
  async set(file: CertificateFile): Promise<void> {
    const before = this.#certificates.get(file.id);
    await writeDurably(this.#path(file.fileName), file.text);
    await this.#setAll(new Map([...this.#certificates, [file.id, factsOf(file)]]));
    if (before !== undefined && before.fileName !== file.fileName)
      await removeIfExists(this.#path(before.fileName));
  }

  async remove(id: string): Promise<void> {
    const known = this.#certificates.get(id);
    if (known === undefined) return;
    await this.#forget(known);
    await removeIfExists(this.#path(known.fileName));
  }

  /** The certificate with its key; null when there is none, or its file is damaged: it is given up then. */
  async read(id: string): Promise<CertificateFile | null> {
    const known = this.#certificates.get(id);
    if (known === undefined) return null;
    const text = await readOrNull(this.#path(known.fileName));
    const found = text === null ? null : parseCertificateFile(known.fileName, text);
    if (found === null) await this.giveUp(id, "is damaged");
    return found;
  }

  /** A certificate that cannot be used is moved aside. */
  async giveUp(id: string, reason: string): Promise<void> {
    const known = this.#certificates.get(id);
    if (known === undefined) return;
    await this.#forget(known);
    await this.#moveAside(this.#path(known.fileName), reason);
  }

  async #forget({ id }: CertificateFacts): Promise<void> {
    await this.#setAll(new Map([...this.#certificates].filter(([known]) => known !== id)));
  }

  async #setAll(next: ReadonlyMap<string, CertificateFacts>): Promise<void> {
    const names = servedNames(this.#layout, next.values());
    const list = renderCertificateList(names);
    const { certificateList } = this.#layout;
    if ((await readOrNull(certificateList)) !== list) await writeDurably(certificateList, list);
    this.#names = names;
    this.#certificates.clear();
    for (const [id, facts] of next) this.#certificates.set(id, facts);
  }

  #isReserved(name: string): boolean {
    return [this.#layout.certificateList, this.#layout.defaultCertificate].includes(this.#path(name));
  }

  async #moveAside(path: string, reason: string): Promise<void> {
    const target = join(this.#layout.brokenDirectory, basename(path));
    await rename(path, target).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    this.#log("warn", `${path} ${reason}; moved to ${target}`);
  }

  #path(name: string): string {
    return join(this.#layout.certificateDirectory, name);
  }
}

/** Two files of one certificate: one of them replaced the other. */
function newestOfEach(files: readonly CertificateFacts[]): ReadonlyMap<string, CertificateFacts> {
  return new Map(files.toSorted((left, right) => left.rank - right.rank).map((file) => [file.id, file]));
}

function factsOf({ id, names, fingerprint, fileName, rank }: CertificateFile): CertificateFacts {
  return { id, names, fingerprint, fileName, rank };
}

async function readOrNull(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
}
