/** The first commit of a repository, as `git fast-import` reads it: one process makes files, tree, commit and branch. */
import type { FirstCommit } from "../../ports/hosted-repositories.ts";

export const FIRST_BRANCH = "main";

export function toFastImport({ author, message, committedAtMs, files }: FirstCommit): string {
  const committer = `${author.name} <${author.email}> ${Math.floor(committedAtMs / 1_000)} +0000`;
  return [
    `commit refs/heads/${FIRST_BRANCH}`,
    `committer ${committer}`,
    data(message),
    ...files.map(
      ({ path, isExecutable, content }) =>
        `M ${isExecutable ? "100755" : "100644"} inline ${quoted(path)}\n${data(content)}`,
    ),
    "",
  ].join("\n");
}

/** Its length in bytes, then itself: nothing in it is read as a command. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

/** Where a path begins with a quote, ends with a blank or has a line break, git wants it quoted; it may always be. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
