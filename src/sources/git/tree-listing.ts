/** What a tree holds, read before anything of it is written, and what of that we do not accept. Pure. */
import { SourceError } from "../../ports/source-code.ts";
import { type LinkPlace, toPlaces } from "./link-places.ts";
import { quoted } from "./location.ts";

export interface TreeEntry {
  /** `submodule` is git's gitlink: the id is a commit of another repository. */
  readonly kind: "file" | "link" | "submodule";
  readonly id: string;
  /** 0 for a submodule. */
  readonly bytes: number;
  readonly path: string;
}

const ENTRY = /^(?<mode>[0-7]{6}) \w+ (?<id>[0-9a-f]+) +(?<bytes>\d+|-)\t(?<path>.*)$/s;
const KINDS: Readonly<Record<string, TreeEntry["kind"]>> = { "120000": "link", "160000": "submodule" };
/** Characters that HFS+ leaves out when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const PATH_BYTES_MAX = 4000;
/** Names in all paths together: a small pack can hold a tree that would keep us busy for minutes. */
const NAMES_MAX = 3_000_000;

/** Of the output of `git ls-tree -r -l -z`. */
export function parseTree(listing: Buffer): readonly TreeEntry[] {
  return listing
    .toString("utf8")
    .split("\u0000")
    .filter((text) => text !== "")
    .map((text) => {
      const { mode = "", id = "", bytes = "", path = "" } = ENTRY.exec(text)?.groups ?? {};
      return { kind: KINDS[mode] ?? "file", id, bytes: bytes === "-" ? 0 : Number(bytes), path };
    });
}

/**
 * Throws SourceError "refused" for names that some system takes for git's own directory, that cannot be written, or that
 * lie below a link.
 */
export function checkNames(entries: readonly TreeEntry[]): void {
  const links = entries.filter(({ kind }) => kind === "link");
  const root = toPlaces(new Map(links.map(({ path }) => [path, ""])));
  if (root === null) throw tooLarge("The links of the repository lie in too many directories.");
  let names = 0;
  for (const { path } of entries) {
    const segments = path.split("/");
    names += segments.length;
    if (names > NAMES_MAX) throw tooLarge(`The paths of the repository have more than ${NAMES_MAX} parts.`);
    // U+FFFD stands for what is not UTF-8: two such names could look the same to us.
    const isUnwritable = path.includes("\ufffd") || Buffer.byteLength(path) > PATH_BYTES_MAX;
    if (isUnwritable || segments.some((name) => isDangerous(name)) || isBelowLink(segments, root))
      throw new SourceError("refused", `The repository holds ${quoted(path)}, a name that is not accepted.`);
  }
}

function isBelowLink(segments: readonly string[], root: LinkPlace): boolean {
  let place = root.below.get(segments[0] ?? "");
  for (let depth = 1; depth < segments.length && place !== undefined; depth++) {
    if (place.target !== null) return true;
    place = place.below.get(segments[depth] ?? "");
  }
  return false;
}

function tooLarge(message: string): SourceError {
  return new SourceError("too-large", message);
}

function isDangerous(name: string): boolean {
  if (name === "" || name === "." || name === "..") return true;
  const [beforeStream = ""] = name.replaceAll(IGNORED_BY_HFS, "").toLowerCase().split(/[:\\]/);
  return /^(?:\.git|git~1)$/.test(beforeStream.replace(/[ .]+$/, ""));
}
