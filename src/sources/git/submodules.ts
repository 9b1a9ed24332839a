/** What `.gitmodules` says about the submodules of a tree: where each is fetched from. */
import { SourceError } from "../../ports/source-code.ts";
import { quoted } from "./location.ts";
import { readSettings, type ObjectStore } from "./object-store.ts";
import {
  parseRepositoryAddress,
  resolveSubmoduleAddress,
  type RepositoryAddress,
} from "./repository-address.ts";
import type { TreeEntry } from "./tree-listing.ts";

const GITMODULES_BYTES_MAX = 1024 ** 2;

export interface Submodule {
  readonly path: string;
  readonly commitId: string;
  readonly address: RepositoryAddress;
}

/**
 * Where a submodule goes is what the tree says; `.gitmodules` gives only the address. One without an address stays an
 * empty directory, as in a clone.
 */
export async function findSubmodules(
  store: ObjectStore,
  entries: readonly TreeEntry[],
  parent: RepositoryAddress | null,
): Promise<readonly Submodule[]> {
  const places = entries.filter(({ kind }) => kind === "submodule");
  const file = entries.find(({ kind, path }) => kind === "file" && path === ".gitmodules");
  if (file === undefined || places.length === 0) return [];
  if (file.bytes > GITMODULES_BYTES_MAX)
    throw new SourceError("refused", ".gitmodules is larger than 1 MiB.");
  const urls = urlsByPath(await readSettings(store, file.id));
  return places.flatMap(({ path, id }) => {
    const url = urls.get(path);
    return url === undefined ? [] : [{ path, commitId: id, address: resolve(path, url, parent) }];
  });
}

function urlsByPath(settings: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const values = new Map<string, { path?: string; url?: string }>();
  for (const [key, value] of settings) {
    const { name, field } = /^submodule\.(?<name>.+)\.(?<field>path|url)$/s.exec(key)?.groups ?? {};
    if (name === undefined) continue;
    if (field === "path" && value.startsWith("-"))
      throw new SourceError(
        "refused",
        `The submodule ${quoted(name)} has the path ${quoted(value)}, which is not accepted.`,
      );
    values.set(name, { ...values.get(name), ...(field === "path" ? { path: value } : { url: value }) });
  }
  const complete = [...values.values()].filter(({ path, url }) => path !== undefined && url !== undefined);
  return new Map(complete.map(({ path = "", url = "" }) => [path.replace(/\/+$/, ""), url]));
}

function resolve(path: string, url: string, parent: RepositoryAddress | null): RepositoryAddress {
  try {
    return parent === null ? parseRepositoryAddress(url) : resolveSubmoduleAddress(parent, url);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SourceError("refused", `The submodule ${quoted(path)}: ${error.message}`, { cause: error });
  }
}
