/** What the detectors of all languages share. A detector reads names and a few small files; it runs nothing. */
import { findRuntime, type Language, type Runtime, runtimes } from "../../domain/runtime.ts";
import { joinPath, type SourceTree } from "../source-tree.ts";
import { isInRange } from "../version-range.ts";

export interface Finding {
  readonly runtime: Runtime;
  /** One shell line; null: nothing to build. */
  readonly build: string | null;
  readonly start: string;
  /** Tells the application's framework what it does not read from PORT. */
  readonly environment: Readonly<Record<string, string>>;
  /** Begins the sentence that is said: `package.json with engines.node 22`. */
  readonly what: string;
  /** Put before a start command that somebody else gives. */
  readonly startPrefix?: string;
}

/** Null: not this language. A text: it looks like it, but this is missing. */
export type Detector = (directory: SourceDirectory) => Promise<Finding | string | null>;

const FILE_MAX_BYTES = 1024 * 1024;

/** The source directory. What is too large, no text or out of the repository counts as missing. */
export class SourceDirectory {
  readonly #tree: SourceTree;
  readonly #path: string;
  readonly #canBeHad: (runtime: Runtime) => boolean;

  /** `canBeHad`: of several runtimes that fit, one that this machine has or can make is taken. */
  constructor(tree: SourceTree, path: string, canBeHad: (runtime: Runtime) => boolean) {
    this.#tree = tree;
    this.#path = path;
    this.#canBeHad = canBeHad;
  }

  /** The best of the runtimes that fit, which stand in order of preference; null when there is none. */
  choose(fitting: readonly Runtime[]): Runtime | null {
    return fitting.find((runtime) => this.#canBeHad(runtime)) ?? fitting[0] ?? null;
  }

  async read(name: string): Promise<string | null> {
    return this.#tree.readText(joinPath(this.#path, name), FILE_MAX_BYTES).catch(() => null);
  }

  async has(name: string): Promise<boolean> {
    return this.#tree.exists(joinPath(this.#path, name)).catch(() => false);
  }

  async list(name = ""): Promise<readonly string[]> {
    return this.#tree.list(joinPath(this.#path, name)).catch(() => []);
  }

  /** The first of the names that is there. */
  async firstOf(names: readonly string[]): Promise<string | null> {
    for (const name of names) if (await this.has(name)) return name;
    return null;
  }
}

/** The runtime of this name, which must be in the table. */
export function runtimeNamed(name: string): Runtime {
  const runtime = findRuntime(name);
  if (runtime === undefined) throw new Error(`no runtime ${name}`);
  return runtime;
}

/**
 * The runtimes whose version lies in a range, all of the language when there is none that can be read: the preferred one
 * first, then the newest.
 */
export function runtimesInRange(
  language: Language,
  preferred: string,
  range: string | null,
): readonly Runtime[] {
  const first = runtimeNamed(preferred);
  const newestFirst = runtimes.filter((runtime) => runtime.language === language).toReversed();
  const candidates = [first, ...newestFirst.filter((runtime) => runtime !== first)];
  if (range === null || isInRange(versionOf(first), range) === null) return candidates;
  return candidates.filter((runtime) => isInRange(versionOf(runtime), range) === true);
}

/** As complete as the table has it: the tag of the image that runs. */
function versionOf(runtime: Runtime): string {
  const line = runtime.lines.at(-1);
  return /:(\d+\.\d+\.\d+)/.exec(line?.runImage ?? "")?.[1] ?? line?.version ?? "";
}

/** A user's word that may stand in a command as it is. */
export function isPlainWord(text: string): boolean {
  return /^[A-Za-z0-9_][\w./-]*$/.test(text) && !text.includes("..");
}
