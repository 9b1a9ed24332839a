/**
 * A user's own Dockerfile, made safe to hand to the engine: it stays as it is, except that it cannot name the program
 * that reads it (`# syntax=`), for that would be an image of somebody else, fetched and run by the engine.
 */
import { BuildError } from "../ports/builder.ts";

const SYNTAX = /^\s*#\s*syntax\s*=/i;
const DIRECTIVE = /^\s*#\s*[a-z][a-z0-9]*\s*=/i;

/** Lines keep their numbers. Throws BuildError "configuration" that begins with `path`. */
export function withoutSyntaxLine(
  text: string,
  path: string,
): { readonly text: string; readonly remarks: readonly string[] } {
  // Engines take one byte order mark away, and would then see what stood behind a second one.
  const lines = text.replace(/^\u{feff}+/u, "").split("\n");
  const firstLine = lines[0]?.startsWith("#!") === true ? 1 : 0;
  refuseOtherSyntax(lines.slice(firstLine), path);
  const afterDirectives = lines.findIndex((line, index) => index >= firstLine && !DIRECTIVE.test(line));
  const head = lines.slice(0, afterDirectives === -1 ? lines.length : afterDirectives);
  const kept = head.filter((line) => !SYNTAX.test(line));
  const removed = head.length - kept.length;
  if (removed === 0) return { text: lines.join("\n"), remarks: [] };
  // Comments in their place, but behind the other directives: a comment among them would end them.
  const filled = [...kept, ...Array.from({ length: removed }, () => "#"), ...lines.slice(head.length)];
  return {
    text: filled.join("\n"),
    remarks: [`${path}: the syntax line was left out; the engine reads the Dockerfile itself`],
  };
}

/** Newer engines also look for `// syntax=` and for JSON with a key `syntax`; no Dockerfile begins like that. */
function refuseOtherSyntax(lines: readonly string[], path: string): void {
  const first = lines.find((line) => line.trim() !== "")?.trim() ?? "";
  if (first === "") throw new BuildError("configuration", `${path}: the file is empty`);
  if (!/^(?:\/\/|\{)/.test(first)) return;
  throw new BuildError(
    "configuration",
    `${path}: begins with ${first[0]}, which is no instruction of a Dockerfile`,
  );
}

/** Patterns of an ignore file, without comments and empty lines. */
export function ignorePatterns(text: string): readonly string[] {
  return text
    .replace(/^\u{feff}/u, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
