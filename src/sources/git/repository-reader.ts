/**
 * Gets commits of the repositories that one checkout needs (the service's own and its submodules), each by the same rules
 * and with the service's credential only where that belongs.
 */
import { createHash } from "node:crypto";
import type { GitCredential } from "../../ports/git-credentials.ts";
import { SourceError } from "../../ports/source-code.ts";
import { downloadLfsFiles, type LfsFile } from "./lfs.ts";
import type { SourceLimits } from "./limits.ts";
import { prepareMirror, removeUnfinished } from "./mirror.ts";
import { commitOf, hasCommit, type ObjectStore } from "./object-store.ts";
import {
  branchHead,
  FETCHED,
  fetchBranch,
  fetchCommit,
  headBranch,
  listBranches,
  type RemoteContext,
} from "./remote.ts";
import { openAccess, type AccessContext } from "./remote-access.ts";
import type { RepositoryAddress } from "./repository-address.ts";

export interface ReaderOptions {
  readonly access: AccessContext;
  readonly credential: GitCredential | null;
  readonly allowPlainHttp: boolean;
  /** `<directory>/mirrors/<serviceId>`, without an ending. */
  readonly mirror: string;
  readonly storeAt: (path: string) => ObjectStore;
  readonly limits: SourceLimits;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface ObtainedCommit {
  readonly store: ObjectStore;
  readonly commitId: string;
}

export class RepositoryReader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async head(address: RepositoryAddress, branch: string): Promise<string> {
    return this.#reach(address, (remote) => branchHead(remote, branch));
  }

  async headBranch(address: RepositoryAddress): Promise<string> {
    return this.#reach(address, headBranch);
  }

  async branches(address: RepositoryAddress): Promise<readonly string[]> {
    return this.#reach(address, async (remote) => [...(await listBranches(remote, null)).keys()]);
  }

  /** What is in the mirror already is not fetched again. */
  async obtain(
    address: RepositoryAddress,
    wanted: { readonly branch: string; readonly commitId: string | null },
  ): Promise<ObtainedCommit> {
    return this.#obtain(address, `${this.#options.mirror}.git`, async (remote, store) => {
      const { branch, commitId } = wanted;
      const newest = commitId ?? (await branchHead(remote, branch));
      if (await hasCommit(store, newest)) return newest;
      if (commitId !== null) return fetchPinned(remote, store, commitId);
      await fetchBranch(remote, store.gitDirectory, branch);
      // The branch may have moved since it was asked for.
      return (await commitOf(store, FETCHED)) ?? Promise.reject(gone(newest, address));
    });
  }

  async obtainSubmodule(address: RepositoryAddress, commitId: string): Promise<ObtainedCommit> {
    const name = createHash("sha256").update(address.url).digest("hex");
    const mirror = `${this.#options.mirror}.modules/${name}.git`;
    return this.#obtain(address, mirror, async (remote, store) =>
      (await hasCommit(store, commitId)) ? commitId : fetchPinned(remote, store, commitId),
    );
  }

  async downloadLfs(address: RepositoryAddress, directory: string, files: readonly LfsFile[]): Promise<void> {
    const { credential, allowPlainHttp, access, signal } = this.#options;
    await downloadLfsFiles(
      { address, credential, allowPlainHttp, rules: access.rules, signal },
      directory,
      files,
    );
  }

  async #obtain(
    address: RepositoryAddress,
    mirror: string,
    find: (remote: RemoteContext, store: ObjectStore) => Promise<string>,
  ): Promise<ObtainedCommit> {
    const store = this.#options.storeAt(mirror);
    await prepareMirror(store, this.#options.limits.packBytes);
    try {
      return { store, commitId: await this.#reach(address, (remote) => find(remote, store)) };
    } catch (error) {
      await removeUnfinished(mirror);
      throw error;
    }
  }

  async #reach<Result>(
    address: RepositoryAddress,
    work: (remote: RemoteContext) => Promise<Result>,
  ): Promise<Result> {
    const { access, credential, allowPlainHttp, limits, signal, timeoutMs } = this.#options;
    if (address.scheme === "http" && !allowPlainHttp)
      throw new SourceError(
        "address",
        `${address.url} is not encrypted. Use https or ssh, or permit http with SLIPWAY_GIT_OVER_HTTP=true.`,
      );
    await using open = await openAccess(address, credential, access);
    const { environment } = open;
    const { rules } = access;
    return await work({ address, environment, rules, signal, timeoutMs, packBytesMax: limits.packBytes });
  }
}

async function fetchPinned(remote: RemoteContext, store: ObjectStore, commitId: string): Promise<string> {
  await fetchCommit(remote, store.gitDirectory, commitId);
  if (await hasCommit(store, commitId)) return commitId;
  throw gone(commitId, remote.address);
}

function gone(commitId: string, { url }: RepositoryAddress): SourceError {
  return new SourceError("no-commit", `The commit ${commitId.slice(0, 7)} is not in ${url} any more.`);
}
