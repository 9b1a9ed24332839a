/**
 * What pages share comes in two large files instead of fifty small ones: together they compress better, and a browser asks for
 * six at a time. `base` is what signing in needs, `console` what the frame and the list of services need besides. What only
 * some pages share Rolldown splits as it sees fit.
 */
import { resolve, sep } from "node:path";

const root = resolve(import.meta.dirname, "..");
const START = resolve(root, "src/main.tsx");
const SIGN_IN = resolve(root, "src/pages/sign-in/sign-in-page.tsx");
const FRAME = resolve(root, "src/app/app.tsx");
const SERVICES = resolve(root, "src/pages/services/services-page.tsx");
const PAGES = resolve(root, "src/pages") + sep;

export interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** For Rolldown: of a module the file it goes to; null: Rolldown's choice. */
export function sharedChunks(): (id: string, graph: ModuleGraph) => string | null {
  let known: { readonly base: ReadonlySet<string>; readonly console: ReadonlySet<string> } | null = null;
  return (id, graph) => {
    known ??= { base: neededBy([START, SIGN_IN], graph), console: neededBy([FRAME, SERVICES], graph) };
    if (id === START || id === FRAME || id.startsWith(PAGES)) return null;
    if (known.base.has(id)) return "base";
    return known.console.has(id) ? "console" : null;
  };
}

/** The modules that are loaded with these. */
function neededBy(entries: readonly string[], graph: ModuleGraph): ReadonlySet<string> {
  // What is found on the way is gone through, too.
  const found = new Set(entries);
  for (const id of found) {
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}
