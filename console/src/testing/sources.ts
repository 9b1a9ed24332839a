/** The console's own source code as a tree, for tests of what no type and no linter says. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
}

export interface Source {
  /** From `console/src` on. */
  readonly path: string;
  readonly code: string;
  readonly program: SyntaxNode;
}

const ROOT = join(import.meta.dirname, "..");

/** All but tests. */
export function readSources(): readonly Source[] {
  const paths = globSync("**/*.{ts,tsx}", { cwd: ROOT }).filter(
    (path) => !path.endsWith(".test.ts") && !path.startsWith("testing"),
  );
  return paths.map((path) => {
    const code = readFileSync(join(ROOT, path), "utf8");
    return { path, code, program: parseSync(path, code).program };
  });
}

/** Every node, with the one around it. `isLeaf`: what is in this one is left out. */
export function* walk(
  node: SyntaxNode,
  isLeaf: (node: SyntaxNode) => boolean = () => false,
  around: SyntaxNode | null = null,
): Generator<readonly [node: SyntaxNode, around: SyntaxNode | null]> {
  yield [node, around];
  if (isLeaf(node)) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, isLeaf, node);
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as Partial<SyntaxNode> | null | undefined)?.type === "string";
}

/** `path:line`. */
export function placeOf({ path, code }: Source, { start }: SyntaxNode): string {
  return `${path}:${code.slice(0, start).split("\n").length}`;
}
