/**
 * Source code from Git hosts, by the git binary. Below its directory:
 *
 *   checkouts/<key>/          tree/, checkout.json; appears complete, by rename
 *   partial/                  checkouts that are being written
 *   mirrors/                  what was fetched for services: mirror-cache.ts
 *   known-hosts/              ssh host keys learnt at first use
 *   home/, private/, programs/
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitCredential, GitCredentials } from "../../ports/git-credentials.ts";
import {
  SourceError,
  type Checkout,
  type CheckoutRequest,
  type CodeLocation,
  type ForgottenService,
  type SourceCode,
} from "../../ports/source-code.ts";
import { gitEnvironment } from "./git-environment.ts";
import { DEFAULT_LIMITS, type SourceLimits } from "./limits.ts";
import { checkBranchName, relativeSourceDirectory } from "./location.ts";
import { MirrorCache, mirrorOnce } from "./mirror-cache.ts";
import { branchesOf, commitOf, headBranchOf, readCommit, treeId, type ObjectStore } from "./object-store.ts";
import { installPrograms, type Programs } from "./programs.ts";
import { noBranch, theOnlyBranch } from "./remote.ts";
import { removeForgottenKeys } from "./remote-access.ts";
import { parseRepositoryAddress } from "./repository-address.ts";
import { RepositoryReader } from "./repository-reader.ts";
import { TreeExport } from "./tree-export.ts";

export interface GitSourceCodeOptions {
  /** Ours alone, absolute. */
  readonly directory: string;
  readonly credentials: GitCredentials;
  /** Directory of a repository that Slipway hosts, or null for all others. */
  readonly hostedPath: (repositoryUrl: string) => string | null;
  /** Removes the hosted repository of a service of this name, if the address is that. */
  readonly removeHosted: (repositoryUrl: string, serviceName: string) => Promise<void>;
  /** For hosts in one's own network. */
  readonly allowPlainHttp: boolean;
  /** Of the control plane: nothing is fetched from them. */
  readonly ownPorts: readonly number[];
  readonly limits?: Partial<SourceLimits>;
  /** Of all mirrors together, when no checkout runs. Default 10 GiB. */
  readonly mirrorBytesMax?: number;
}

const MIRROR_BYTES_MAX = 10 * 1024 ** 3;
const KEY = /^[0-9a-f]{32}$/;
const SERVICE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const COMMIT_ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export class GitSourceCode implements SourceCode {
  readonly #options: GitSourceCodeOptions;
  readonly #limits: SourceLimits;
  readonly #mirrors: MirrorCache;
  readonly #partial = new Set<string>();
  /** Keys of checkouts that somebody in this process has not given back yet: no crash has left these. */
  readonly #given = new Set<string>();
  #programs: Promise<Programs> | null = null;

  constructor(options: GitSourceCodeOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#mirrors = new MirrorCache(this.#path("mirrors"), options.mirrorBytesMax ?? MIRROR_BYTES_MAX);
  }

  async head(location: CodeLocation, signal: AbortSignal): Promise<{ readonly commitId: string }> {
    checkBranchName(location.branch);
    const hosted = this.#options.hostedPath(location.repositoryUrl);
    const timeoutMs = this.#limits.headTimeMs;
    if (hosted !== null) {
      return { commitId: await hostedHead(this.#storeAt(hosted, signal, timeoutMs), location) };
    }
    const reader = await this.#readerFor(location, signal, timeoutMs);
    return { commitId: await reader.head(parseRepositoryAddress(location.repositoryUrl), location.branch) };
  }

  async defaultBranch(place: Omit<CodeLocation, "branch">, signal: AbortSignal): Promise<string> {
    const hosted = this.#options.hostedPath(place.repositoryUrl);
    const timeoutMs = this.#limits.headTimeMs;
    const branch =
      hosted === null
        ? await this.#remoteBranch(place, signal, timeoutMs)
        : await hostedBranch(this.#storeAt(hosted, signal, timeoutMs), place);
    checkBranchName(branch);
    return branch;
  }

  async branches(place: Omit<CodeLocation, "branch">, signal: AbortSignal): Promise<readonly string[]> {
    const hosted = this.#options.hostedPath(place.repositoryUrl);
    const timeoutMs = this.#limits.headTimeMs;
    if (hosted !== null) {
      await assertRepository(hosted, place.repositoryUrl);
      return await branchesOf(this.#storeAt(hosted, signal, timeoutMs));
    }
    const reader = await this.#readerFor(place, signal, timeoutMs);
    return await reader.branches(parseRepositoryAddress(place.repositoryUrl));
  }

  async #remoteBranch(
    place: Omit<CodeLocation, "branch">,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<string> {
    const reader = await this.#readerFor(place, signal, timeoutMs);
    return reader.headBranch(parseRepositoryAddress(place.repositoryUrl));
  }

  async checkout(request: CheckoutRequest, signal: AbortSignal): Promise<Checkout> {
    const { key, location, commitId } = request;
    if (!KEY.test(key)) throw new TypeError("the key of a checkout is 32 hexadecimal digits");
    if (!SERVICE_ID.test(location.serviceId)) throw new TypeError("not the id of a service");
    checkBranchName(location.branch);
    if (commitId !== null && !COMMIT_ID.test(commitId))
      throw new SourceError("no-commit", "A commit is named by its full id, 40 hexadecimal digits.");
    const sourceDirectory = relativeSourceDirectory(location.sourceDirectory);
    return this.#mirrors.use(mirrorOf(location), signal, async () => {
      signal.throwIfAborted();
      this.#given.add(key);
      return (await this.#readCheckout(key)) ?? this.#makeCheckout({ ...request, sourceDirectory }, signal);
    });
  }

  async discard(key: string): Promise<void> {
    if (!KEY.test(key)) throw new TypeError("the key of a checkout is 32 hexadecimal digits");
    this.#given.delete(key);
    await this.#remove(key);
  }

  async discardAllBut(keys: ReadonlySet<string>): Promise<void> {
    for (const name of await namesIn(this.#path("checkouts"))) {
      if (!keys.has(name) && !this.#given.has(name)) await this.#remove(name);
    }
    for (const name of await namesIn(this.#path("partial"))) {
      if (!this.#partial.has(name)) await removeTree(this.#path("partial", name));
    }
    await removeForgottenKeys(this.#options.directory);
    await this.#mirrors.removeLeft();
    await this.#mirrors.trim();
  }

  /** Loses its name first: killed in the middle, what is left must not pass for a checkout. */
  async #remove(key: string): Promise<void> {
    const name = `${key}-${randomUUID()}`;
    await mkdir(this.#path("partial"), { recursive: true, mode: 0o700 });
    try {
      await rename(this.#path("checkouts", key), this.#path("partial", name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    await removeTree(this.#path("partial", name));
  }

  async forgetService({ id: serviceId, name, repositoryUrl }: ForgottenService): Promise<void> {
    if (!SERVICE_ID.test(serviceId)) throw new TypeError("not the id of a service");
    await this.#mirrors.forget(serviceId);
    await this.#options.removeHosted(repositoryUrl, name);
  }

  async #makeCheckout(
    request: CheckoutRequest & { readonly sourceDirectory: string },
    signal: AbortSignal,
  ): Promise<Checkout> {
    const name = `${request.key}-${randomUUID()}`;
    const partial = this.#path("partial", name);
    this.#partial.add(name);
    try {
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const made = await this.#fill(partial, request, signal);
      await writeFile(join(partial, "checkout.json"), JSON.stringify(made));
      await mkdir(this.#path("checkouts"), { recursive: true, mode: 0o700 });
      await rename(partial, this.#path("checkouts", request.key));
      return { ...made, directory: this.#path("checkouts", request.key, "tree") };
    } finally {
      await removeTree(partial);
      this.#partial.delete(name);
    }
  }

  async #fill(
    partial: string,
    { location, commitId, sourceDirectory }: CheckoutRequest & { readonly sourceDirectory: string },
    signal: AbortSignal,
  ): Promise<Omit<Checkout, "directory">> {
    const limits = this.#limits;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(limits.timeMs)]);
    try {
      const reader = await this.#readerFor(location, limited, limits.timeMs);
      const hosted = this.#options.hostedPath(location.repositoryUrl);
      const address = hosted === null ? parseRepositoryAddress(location.repositoryUrl) : null;
      const found =
        address === null
          ? await this.#findHosted(hosted ?? "", { location, commitId }, limited)
          : await reader.obtain(address, { branch: location.branch, commitId });
      const sourceTreeId = await treeId(found.store, found.commitId, sourceDirectory);
      const commit = await readCommit(found.store, found.commitId);
      await new TreeExport(reader, limits, partial).write({ ...found, address });
      return { commit, sourceTreeId };
    } catch (error) {
      signal.throwIfAborted();
      if (!limited.aborted) throw error;
      const minutes = Math.round(limits.timeMs / 6000) / 10;
      throw new SourceError("unreachable", `The source code was not there within ${minutes} minutes.`);
    }
  }

  async #findHosted(
    path: string,
    { location, commitId }: Pick<CheckoutRequest, "location" | "commitId">,
    signal: AbortSignal,
  ): Promise<{ readonly store: ObjectStore; readonly commitId: string }> {
    const store = this.#storeAt(path, signal, this.#limits.timeMs);
    if (commitId === null) return { store, commitId: await hostedHead(store, location) };
    const found = (await isRepository(path)) ? await commitOf(store, commitId) : null;
    if (found !== null) return { store, commitId: found };
    throw new SourceError(
      "no-commit",
      `The commit ${commitId.slice(0, 7)} is not in ${location.repositoryUrl} any more.`,
    );
  }

  async #readerFor(
    location: Omit<CodeLocation, "branch">,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<RepositoryReader> {
    const { directory, credentials, allowPlainHttp, ownPorts } = this.#options;
    const { connectionArn } = location;
    const credential: GitCredential | null =
      connectionArn === null ? null : await credentials.forConnection(connectionArn, signal);
    this.#programs ??= installPrograms(this.#path("programs"));
    await mkdir(this.#path("home"), { recursive: true, mode: 0o700 });
    return new RepositoryReader({
      access: { directory, programs: await this.#programs, rules: { ownPorts } },
      credential,
      allowPlainHttp,
      mirror: this.#mirrors.pathOf(mirrorOf(location)),
      storeAt: (path) => this.#storeAt(path, signal, timeoutMs),
      limits: this.#limits,
      signal,
      timeoutMs,
    });
  }

  #storeAt(gitDirectory: string, signal: AbortSignal, timeoutMs: number): ObjectStore {
    return { gitDirectory, environment: gitEnvironment({ home: this.#path("home") }), signal, timeoutMs };
  }

  async #readCheckout(key: string): Promise<Checkout | null> {
    const text = await readFile(this.#path("checkouts", key, "checkout.json"), "utf8").catch(() => null);
    if (text === null) return null;
    const made = JSON.parse(text) as Omit<Checkout, "directory">;
    return { ...made, directory: this.#path("checkouts", key, "tree") };
  }

  #path(...names: readonly string[]): string {
    return join(this.#options.directory, ...names);
  }
}

function mirrorOf({
  serviceId,
  isForgotten = false,
}: Pick<CodeLocation, "serviceId" | "isForgotten">): string {
  return isForgotten ? mirrorOnce(serviceId) : serviceId;
}

async function hostedBranch(
  store: ObjectStore,
  { repositoryUrl }: Pick<CodeLocation, "repositoryUrl">,
): Promise<string> {
  await assertRepository(store.gitDirectory, repositoryUrl);
  return (await headBranchOf(store)) ?? theOnlyBranch(repositoryUrl, await branchesOf(store));
}

async function hostedHead(store: ObjectStore, { repositoryUrl, branch }: CodeLocation): Promise<string> {
  await assertRepository(store.gitDirectory, repositoryUrl);
  const commitId = await commitOf(store, `refs/heads/${branch}`);
  return commitId ?? Promise.reject(noBranch(repositoryUrl, branch, await branchesOf(store)));
}

async function assertRepository(path: string, url: string): Promise<void> {
  if (!(await isRepository(path)))
    throw new SourceError("not-found", `There is no Git repository at ${url}.`);
}

async function isRepository(path: string): Promise<boolean> {
  return (await namesIn(path)).includes("HEAD");
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}

/** A repository's directories may not be writable to us; those of git's are. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
