/** Git hosts in memory, for unit tests. What a host would do by itself is done by the levers. */
import { createHash } from "node:crypto";
import type { Commit } from "../domain/code-source.ts";
import {
  type Checkout,
  type CheckoutRequest,
  type CodeLocation,
  type ForgottenService,
  type SourceCode,
  SourceError,
} from "./source-code.ts";

export class FakeSourceCode implements SourceCode {
  /** Keys of the checkouts there are. */
  readonly checkouts = new Map<string, Checkout>();
  /** Asked and checked out, as `checkout <url> <branch>`. */
  readonly calls: string[] = [];
  readonly #branches = new Map<string, Commit[]>();
  readonly #failures: SourceError[] = [];

  // Levers ----------------------------------------------------------------------------------------------------------

  /** Adds a commit to a branch and returns it. */
  push(repositoryUrl: string, branch = "main", message = "a change"): Commit {
    const key = keyOf({ repositoryUrl, branch });
    const commits = this.#branches.get(key) ?? [];
    const id = createHash("sha1").update(`${key} ${commits.length}`).digest("hex");
    const commit = { id, author: "Ada", message, committedAtMs: commits.length };
    this.#branches.set(key, [...commits, commit]);
    return commit;
  }

  /** The next call fails so. */
  failNext(...errors: readonly SourceError[]): void {
    this.#failures.push(...errors);
  }

  // The port --------------------------------------------------------------------------------------------------------

  async head(location: CodeLocation): Promise<{ readonly commitId: string }> {
    this.calls.push(`head ${keyOf(location)}`);
    this.#fail();
    return { commitId: this.#commit(location, null).id };
  }

  async branches(): Promise<readonly string[]> {
    return ["main"];
  }

  async defaultBranch({ repositoryUrl }: Pick<CodeLocation, "repositoryUrl">): Promise<string> {
    const first = [...this.#branches.keys()].find((key) => key.startsWith(`${repositoryUrl} `));
    if (first === undefined) throw new SourceError("no-branch", "There is no branch.");
    return first.slice(repositoryUrl.length + 1);
  }

  async checkout({ key, location, commitId }: CheckoutRequest): Promise<Checkout> {
    const present = this.checkouts.get(key);
    if (present !== undefined) return present;
    this.calls.push(`checkout ${keyOf(location)}`);
    this.#fail();
    const commit = this.#commit(location, commitId);
    const checkout = { directory: `/checkouts/${key}`, commit, sourceTreeId: `tree of ${commit.id}` };
    this.checkouts.set(key, checkout);
    return checkout;
  }

  async discard(key: string): Promise<void> {
    this.checkouts.delete(key);
  }

  async forgetService({ id }: ForgottenService): Promise<void> {
    this.calls.push(`forget ${id}`);
  }

  async discardAllBut(keys: ReadonlySet<string>): Promise<void> {
    for (const key of this.checkouts.keys()) if (!keys.has(key)) this.checkouts.delete(key);
  }

  #fail(): void {
    const error = this.#failures.shift();
    if (error !== undefined) throw error;
  }

  #commit(location: CodeLocation, commitId: string | null): Commit {
    const commits = this.#branches.get(keyOf(location));
    if (commits === undefined) throw new SourceError("no-branch", `There is no branch ${location.branch}.`);
    const commit = commitId === null ? commits.at(-1) : commits.find(({ id }) => id === commitId);
    if (commit === undefined) throw new SourceError("no-commit", `The commit ${commitId} is gone.`);
    return commit;
  }
}

function keyOf({ repositoryUrl, branch }: Pick<CodeLocation, "repositoryUrl" | "branch">): string {
  return `${repositoryUrl} ${branch}`;
}
