/**
 * Git repositories that Slipway itself hosts, one for each service name, so that `git push` deploys. Implementation:
 * `sources/hosted/`. Who may do what is decided before; here it is only carried out.
 */
import type { Readable } from "node:stream";

export interface HostedRepositories {
  /**
   * A repository, empty or with one commit on its branch main: it is there with it or not at all. One that exists stays as
   * it is.
   */
  create(name: string, firstCommit?: FirstCommit): Promise<void>;
  exists(name: string): Promise<boolean>;
  /** Names, in order. */
  list(): Promise<readonly string[]>;
  /** With all that was pushed. A missing one is fine. */
  remove(name: string): Promise<void>;
  usage(name: string): Promise<HostedUsage>;
  /** Null: nothing was pushed yet. */
  lastPush(name: string): Promise<LastPush | null>;
  /** Its directory, for whoever reads it; whether it exists or not. */
  pathOf(name: string): string;
  /** One request of git's smart HTTP. The answer's body ends when the push does; aborting ends git at once. */
  serve(request: HostedGitRequest, signal: AbortSignal): Promise<HostedGitReply>;
}

export interface FirstCommit {
  readonly author: { readonly name: string; readonly email: string };
  readonly message: string;
  readonly committedAtMs: number;
  readonly files: readonly CommittedFile[];
}

export interface CommittedFile {
  /** Relative, with slashes, without `.` and `..`. */
  readonly path: string;
  readonly isExecutable: boolean;
  readonly content: string;
}

export interface LastPush {
  readonly atMs: number;
  readonly pusherArn: string;
  /** `refs/heads/main`; the first of several. */
  readonly reference: string;
  /** Null: the reference was deleted. */
  readonly commitId: string | null;
}

export interface HostedUsage {
  readonly bytes: number;
  /** A push above it is refused on the pusher's terminal. */
  readonly quotaBytes: number;
}

export interface HostedGitRequest {
  readonly name: string;
  /** What follows `<name>.git/`: `info/refs`, `git-upload-pack` or `git-receive-pack`. All else is not found. */
  readonly path: string;
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
  /** Already authenticated. */
  readonly remoteUser: string;
  /** The same, as it is told afterwards. */
  readonly pusherArn: string;
  readonly askedAtMs: number;
  readonly mayPush: boolean;
  /**
   * Called when a push is stored. Lines written appear on the pusher's terminal at once. The push ends when it settles;
   * it cannot be undone.
   */
  readonly onPush: (
    changes: readonly PushedReference[],
    write: (line: string) => void,
  ) => Promise<{ readonly ok: boolean }>;
}

export interface PushedReference {
  /** `refs/heads/main`. */
  readonly reference: string;
  /** Null: the reference is new. */
  readonly oldCommitId: string | null;
  /** Null: the reference was deleted. */
  readonly newCommitId: string | null;
}

export interface HostedGitReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}
