/** Checks of what users name within a repository: branches and directories. Pure. */
import { SourceError } from "../../ports/source-code.ts";

/** The rules of `git check-ref-format --branch`, and none of its expansions (`@{-1}`). Throws SourceError "no-branch". */
export function checkBranchName(branch: string): void {
  const problem = branchProblem(branch);
  if (problem === null) return;
  throw new SourceError("no-branch", `${quoted(branch)} cannot be the name of a branch: ${problem}.`);
}

/**
 * `/services/web` → `services/web`, `/` → an empty text. Throws SourceError "refused" for what leads out of the
 * repository.
 */
export function relativeSourceDirectory(directory: string): string {
  const segments = directory.split("/").filter((segment) => segment !== "");
  const isStrange = segments.some(
    (segment) => segment === "." || segment === ".." || hasControlCharacters(segment),
  );
  if (!isStrange) return segments.join("/");
  const right = "Name a directory within the repository, such as /services/web";
  throw new SourceError("refused", `The source directory ${quoted(directory)} is not accepted. ${right}.`);
}

/** For messages: without control characters, and not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

function branchProblem(branch: string): string | null {
  if (branch === "") return "it is empty";
  if (branch.length > 244) return "it is longer than 244 characters";
  if (branch.startsWith("-")) return "it begins with a dash";
  if (hasControlCharacters(branch)) return "it holds control characters";
  if (/[ ~^:?*[\\]/.test(branch)) return "it holds a space or one of ~ ^ : ? * [ \\";
  if (branch.includes("..") || branch.includes("@{")) return "it holds .. or @{";
  if (branch === "@" || branch === "HEAD") return "it is a name of git's own";
  if (branch.startsWith("refs/")) return "give the branch without refs/heads/";
  if (branch.split("/").some((part) => part === "")) return "it has an empty part between slashes";
  if (branch.split("/").some((part) => part.startsWith(".") || part.endsWith(".lock")))
    return "a part begins with a dot or ends with .lock";
  if (branch.endsWith(".")) return "it ends with a dot";
  return null;
}

function hasControlCharacters(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text);
}
