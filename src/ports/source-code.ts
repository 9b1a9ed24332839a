/**
 * What the heart needs from Git hosts: the head of a branch, and the tree of a commit. Implementation: `sources/`.
 *
 * Repositories are hostile. Every call ends within its own deadline; nothing of a repository is executed.
 */
import type { Commit } from "../domain/code-source.ts";

export interface SourceCode {
  /** The commit a branch points at now, without its content: cheap enough to ask each minute. Throws SourceError. */
  head(location: CodeLocation, signal: AbortSignal): Promise<{ readonly commitId: string }>;
  /** The branch that a repository's HEAD names: the one that is meant where nobody names one. Throws SourceError. */
  defaultBranch(place: Omit<CodeLocation, "branch">, signal: AbortSignal): Promise<string>;
  /** Names of all branches; none of an empty repository. Throws SourceError. */
  branches(place: Omit<CodeLocation, "branch">, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Puts the tree of a commit (null: of the branch's head) in a directory of its own. Idempotent under `key`: a
   * directory that is complete is given back as it is. Throws SourceError.
   */
  checkout(request: CheckoutRequest, signal: AbortSignal): Promise<Checkout>;
  /** Removes a checkout. A missing one is fine. */
  discard(key: string): Promise<void>;
  /** Removes what was kept for a service that is deleted: what was fetched, and a repository hosted for it alone. */
  forgetService(service: ForgottenService): Promise<void>;
  /** Removes what a crash left: all checkouts but these and those that are in use. */
  discardAllBut(keys: ReadonlySet<string>): Promise<void>;
}

export interface CodeLocation {
  /** Objects fetched for a service are kept for its next checkout. */
  readonly serviceId: string;
  readonly repositoryUrl: string;
  readonly branch: string;
  readonly sourceDirectory: string;
  /** Null: a public repository. */
  readonly connectionArn: string | null;
  /** Nothing is kept for the next checkout: the service has a key of KMS, and a mirror would not be under it. */
  readonly isForgotten?: boolean;
}

export interface ForgottenService {
  readonly id: string;
  readonly name: string;
  readonly repositoryUrl: string;
}

export interface CheckoutRequest {
  /** 32 lower-case hex; names the directory. */
  readonly key: string;
  readonly location: CodeLocation;
  readonly commitId: string | null;
}

export interface Checkout {
  /** Absolute path; holds neither `.git` nor links that lead out of it. */
  readonly directory: string;
  readonly commit: Commit;
  /** Object name of the source directory's tree: the same means nothing there has changed. */
  readonly sourceTreeId: string;
}

/** The source code cannot be had. `problem` decides what is done next; the message is one sentence with what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly problem:
    | "address" // not an address we may fetch from
    | "unreachable" // host down, timeout: worth another try
    | "unauthorized"
    | "not-found" // no such repository
    | "no-branch" // no such branch, or an empty repository
    | "no-commit" // the commit is gone
    | "no-directory" // no such source directory
    | "too-large"
    | "refused" // content we do not accept: links out of the tree, …
    | "other";

  constructor(problem: SourceError["problem"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
  }
}
