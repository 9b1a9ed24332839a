/** A source tree for tests: paths → texts. */
import { BuildError } from "../../ports/builder.ts";
import { normalizePath, type SourceTree } from "../source-tree.ts";

export function memoryTree(files: Readonly<Record<string, string>>): SourceTree {
  return {
    async readText(path, maxBytes) {
      const text = files[normalizePath(path)] ?? null;
      if (text !== null && Buffer.byteLength(text) > maxBytes) {
        throw new BuildError("configuration", `${path} is larger than ${maxBytes} bytes`);
      }
      return text;
    },
    async exists(path) {
      const place = normalizePath(path);
      return (
        place === "" || Object.keys(files).some((file) => file === place || file.startsWith(`${place}/`))
      );
    },
    async list(path) {
      const place = normalizePath(path);
      const prefix = place === "" ? "" : `${place}/`;
      const below = Object.keys(files).filter((file) => file.startsWith(prefix));
      return [...new Set(below.map((file) => file.slice(prefix.length).split("/")[0] ?? ""))].sort();
    },
  };
}
