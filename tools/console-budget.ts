/**
 * How much JavaScript and how many style sheets each page of the console brings along, compressed, as a browser with an empty
 * cache loads it; fails when the sign-in page or the first page passes its budget. `--all` prints every page.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

export interface PageSize {
  readonly scriptBytes: number;
  readonly styleBytes: number;
}

export type Manifest = Readonly<Record<string, Chunk>>;

const ROOT = join(import.meta.dirname, "../dist/console");
const KB = 1_000;
const CONSOLE = "src/app/app.tsx";
const SIGN_IN = "src/pages/sign-in/sign-in-page.tsx";
const FIRST = "src/pages/services/services-page.tsx";
/** Page → most kilobytes, compressed. */
const BUDGET_KB: Readonly<Record<string, { readonly scripts: number; readonly styles: number }>> = {
  [FIRST]: { scripts: 350, styles: 110 },
  [SIGN_IN]: { scripts: 200, styles: 60 },
};

/** The files that a page needs before it can be seen. */
export function filesOf(page: string, manifest: Manifest): ReadonlySet<string> {
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true);
  const seen = new Set<string>();
  const take = (key: string) => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the console has no ${key}`);
    if (seen.has(chunk.file)) return;
    seen.add(chunk.file);
    for (const style of chunk.css ?? []) seen.add(style);
    for (const imported of chunk.imports ?? []) take(imported);
  };
  for (const key of [entry ?? "index.html", ...(page === SIGN_IN ? [] : [CONSOLE]), page]) take(key);
  return seen;
}

export function readPageSizes(root = ROOT): ReadonlyMap<string, PageSize> {
  const manifest = JSON.parse(readFileSync(join(root, ".vite/manifest.json"), "utf8")) as Manifest;
  const sizes = new Map<string, number>();
  const sizeOf = (file: string) => {
    const known = sizes.get(file) ?? gzipSync(readFileSync(join(root, file)), { level: 9 }).length;
    sizes.set(file, known);
    return known;
  };
  const pages = Object.keys(manifest).filter((key) => /^src\/pages\/.*-page\.tsx$/.test(key));
  return new Map(
    pages.map((page) => {
      const files = [...filesOf(page, manifest)];
      const bytesOf = (ending: string) =>
        files.filter((file) => file.endsWith(ending)).reduce((sum, file) => sum + sizeOf(file), 0);
      return [page, { scriptBytes: bytesOf(".js"), styleBytes: bytesOf(".css") }];
    }),
  );
}

/** One line for each page that is too large, or not there. */
export function overBudget(sizes: ReadonlyMap<string, PageSize>): readonly string[] {
  return Object.entries(BUDGET_KB).flatMap(([page, most]) => {
    const size = sizes.get(page);
    if (size === undefined) return [`${page} is not among the console's pages`];
    const weighed = [
      { what: "JavaScript", bytes: size.scriptBytes, mostKb: most.scripts },
      { what: "style sheets", bytes: size.styleBytes, mostKb: most.styles },
    ];
    return weighed
      .filter(({ bytes, mostKb }) => bytes > mostKb * KB)
      .map(
        ({ what, bytes, mostKb }) =>
          `${page} brings ${Math.ceil(bytes / KB)} kB of ${what}; its budget is ${mostKb} kB`,
      );
  });
}

if (import.meta.main) {
  const sizes = readPageSizes();
  const isAll = process.argv.includes("--all");
  const kilobytes = (bytes: number) => `${(bytes / KB).toFixed(1).padStart(7)} kB`;
  for (const [page, { scriptBytes, styleBytes }] of sizes) {
    if (!isAll && !(page in BUDGET_KB)) continue;
    console.log(`${kilobytes(scriptBytes)} JavaScript ${kilobytes(styleBytes)} styles  ${page}`);
  }
  const problems = overBudget(sizes);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
