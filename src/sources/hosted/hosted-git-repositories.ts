/**
 * Repositories that Slipway hosts. Below its directory: `repositories/<name>.git`, bare; `home/`, and the push hook. What a
 * repository's own configuration says about hooks does not count: ours comes over the environment, which outranks it.
 */
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import type {
  FirstCommit,
  HostedGitReply,
  HostedGitRequest,
  HostedRepositories,
  HostedUsage,
  LastPush,
  PushedReference,
} from "../../ports/hosted-repositories.ts";
import { bytesBelow } from "../git/disk-usage.ts";
import { gitEnvironment } from "../git/git-environment.ts";
import { runGit } from "../git/git-process.ts";
import { headBranchOf, setHeadBranch } from "../git/object-store.ts";
import { Turns } from "../git/turns.ts";
import { backendEnvironment } from "./backend-environment.ts";
import { FIRST_BRANCH, toFastImport } from "./first-commit.ts";
import { readLastPush, writeLastPush } from "./last-push.ts";
import { LastWords, runHttpBackend, toPacket } from "./http-backend.ts";
import { takePushTurn, type PushTimesMs } from "./push-turn.ts";
import { openPushChannel, removeLeftChannels, type PushChannel } from "./push-channel.ts";
import { installPushHook, type InstalledHook } from "./push-hook.ts";

export interface HostedOptions {
  /** Ours alone, absolute. */
  readonly directory: string;
  /** Default 1 GiB for each repository. */
  readonly quotaBytes?: number;
  readonly timesMs?: Partial<HostedTimesMs>;
  /** A repository is there, is gone, or a push to it is stored. Must not throw. */
  readonly onChange?: (name: string) => void;
}

interface HostedTimesMs extends PushTimesMs {
  /** The whole of a request; a push lasts as long as the deployment it sets going. */
  readonly request: number;
}

interface RunOptions {
  readonly channel: PushChannel | null;
  readonly signal: AbortSignal;
  /** When git is gone. */
  readonly onEnd: () => void;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const QUOTA_BYTES = 1024 ** 3;
const BRANCHES = "refs/heads/";
const GIT_TIMEOUT_MS = 30_000;
/** Waiting ends before the one who waits is taken for gone, which is when its connection was silent for two minutes. */
const TIMES_MS: HostedTimesMs = { turn: 60_000, store: 30 * 60_000, request: 2 * 60 * 60_000 };
/** Path → method. */
const SERVED: Readonly<Record<string, string>> = {
  "info/refs": "GET",
  "git-upload-pack": "POST",
  "git-receive-pack": "POST",
};

export class HostedGitRepositories implements HostedRepositories {
  readonly #directory: string;
  readonly #quotaBytes: number;
  readonly #timesMs: HostedTimesMs;
  readonly #onChange: (name: string) => void;
  readonly #turns = new Turns();
  #prepared: Promise<InstalledHook> | null = null;

  constructor({ directory, quotaBytes = QUOTA_BYTES, timesMs, onChange }: HostedOptions) {
    this.#directory = directory;
    this.#quotaBytes = quotaBytes;
    this.#timesMs = { ...TIMES_MS, ...timesMs };
    this.#onChange = onChange ?? (() => undefined);
  }

  async create(name: string, firstCommit?: FirstCommit): Promise<void> {
    if (await this.exists(name)) return;
    const temporary = `${this.pathOf(name)}.new-${randomUUID()}`;
    await this.#prepare();
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    try {
      const branch = `--initial-branch=${FIRST_BRANCH}`;
      await this.#git(temporary, ["init", "--bare", "--quiet", "--template=", branch, "--", temporary]);
      if (firstCommit !== undefined) {
        await this.#git(temporary, ["fast-import", "--quiet"], toFastImport(firstCommit));
      }
      await rename(temporary, this.pathOf(name));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      // Somebody else's may be there by now: theirs stays.
      if (!(await this.exists(name))) throw error;
    }
    this.#onChange(name);
  }

  async #git(directory: string, command: readonly string[], input = ""): Promise<void> {
    const { status } = await runGit({
      arguments: command,
      environment: gitEnvironment({ home: join(this.#directory, "home") }),
      directory,
      signal: new AbortController().signal,
      timeoutMs: GIT_TIMEOUT_MS,
      input,
    });
    if (status !== 0) throw new Error(`git ${command[0]} ended with ${status}`);
  }

  async exists(name: string): Promise<boolean> {
    const found = await stat(join(this.pathOf(name), "HEAD")).catch(() => null);
    return found !== null;
  }

  async list(): Promise<readonly string[]> {
    const entries = await readdir(join(this.#directory, "repositories")).catch(() => []);
    return entries
      .filter((entry) => entry.endsWith(".git"))
      .map((entry) => entry.slice(0, -".git".length))
      .toSorted();
  }

  /**
   * Loses its name first: a push that is under way, or a crash, could otherwise leave something that is no repository and
   * stands in the way of the next one.
   */
  async remove(name: string): Promise<void> {
    const removed = join(this.#directory, "removed");
    await mkdir(removed, { recursive: true, mode: 0o700 });
    await rename(this.pathOf(name), join(removed, randomUUID())).catch(ignoreMissing);
    this.#onChange(name);
    // Also what a crash left there.
    for (const left of await readdir(removed))
      await rm(join(removed, left), { recursive: true, force: true, maxRetries: 3 });
  }

  async usage(name: string): Promise<HostedUsage> {
    return { bytes: await bytesBelow(this.pathOf(name)), quotaBytes: this.#quotaBytes };
  }

  async lastPush(name: string): Promise<LastPush | null> {
    return readLastPush(this.pathOf(name));
  }

  pathOf(name: string): string {
    if (!NAME.test(name)) throw new TypeError("not the name of a hosted repository");
    return join(this.#directory, "repositories", `${name}.git`);
  }

  async serve(request: HostedGitRequest, signal: AbortSignal): Promise<HostedGitReply> {
    const refusal = await this.#refuse(request);
    if (refusal !== null) return refusal;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#timesMs.request)]);
    return isPush(request)
      ? this.#servePush(request, limited)
      : this.#run(request, { channel: null, signal: limited, onEnd: () => undefined });
  }

  /** Until it is stored a push is alone, and has a deadline; what it sets going then stands in nobody's way. */
  async #servePush(request: HostedGitRequest, signal: AbortSignal): Promise<HostedGitReply> {
    const { name, onPush } = request;
    const turn = await takePushTurn(this.#turns, { name, timesMs: this.#timesMs, signal });
    if (turn === null)
      return refusedPush(`Another push to ${name} is being stored. Push again when it has ended.`);
    const onStored: HostedGitRequest["onPush"] = async (changes, write) => {
      // Without it the push is as good, and is deployed.
      await this.#nameHead(name, changes).catch(() => undefined);
      await writeLastPush(this.pathOf(name), request, changes).catch(() => undefined);
      this.#onChange(name);
      turn.end();
      return onPush(changes, write);
    };
    let channel: PushChannel | null = null;
    const onEnd = (): void => {
      turn.end();
      void channel?.[Symbol.asyncDispose]();
    };
    try {
      await this.#prepare();
      await removeQuarantines(this.pathOf(name));
      channel = await openPushChannel(this.#directory, onStored);
      return await this.#run(request, { channel, signal: AbortSignal.any([signal, turn.signal]), onEnd });
    } catch (error) {
      onEnd();
      throw error;
    }
  }

  /** The first branch that is pushed is the default one, whatever it is called. */
  async #nameHead(name: string, changes: readonly PushedReference[]): Promise<void> {
    const pushed = changes.find(
      ({ reference, newCommitId }) => newCommitId !== null && reference.startsWith(BRANCHES),
    );
    const store = {
      gitDirectory: this.pathOf(name),
      environment: gitEnvironment({ home: join(this.#directory, "home") }),
      // Also for a pusher who is gone by now.
      signal: new AbortController().signal,
      timeoutMs: GIT_TIMEOUT_MS,
    };
    if (pushed !== undefined && (await headBranchOf(store)) === null)
      await setHeadBranch(store, pushed.reference.slice(BRANCHES.length));
  }

  async #run(request: HostedGitRequest, { channel, signal, onEnd }: RunOptions): Promise<HostedGitReply> {
    const directory = this.#directory;
    const hook = await this.#prepare();
    // Measured for pushes alone: it looks at each file.
    const bytesUsed = channel === null ? 0 : (await this.usage(request.name)).bytes;
    const bytesLeft = this.#quotaBytes - bytesUsed;
    const room = { directory, hook, socketPath: channel?.socketPath ?? "", bytesLeft };
    const environment = backendEnvironment(request, room);
    return runHttpBackend({
      environment,
      directory,
      body: request.body,
      fileBytesMax: this.#quotaBytes,
      signal,
      onEnd,
    });
  }

  async #refuse(request: HostedGitRequest): Promise<HostedGitReply | null> {
    const { name, path, method, query, mayPush } = request;
    if (!NAME.test(name) || !(await this.exists(name))) return refused(404, "There is no such repository.");
    if (SERVED[path] === undefined) return refused(404, "Only git's smart HTTP is served here.");
    if (SERVED[path] !== method) return refused(405, `Only ${SERVED[path]} is possible here.`);
    const service = path === "info/refs" ? new URLSearchParams(query).get("service") : path;
    if (service === "git-receive-pack" && !mayPush) return refused(403, `You may not push to ${name}.`);
    if (service === "git-receive-pack" || service === "git-upload-pack") return null;
    return refused(403, "This needs a git that speaks smart HTTP.");
  }

  /** Once, before the first use. */
  async #prepare(): Promise<InstalledHook> {
    this.#prepared ??= this.#tidyAndInstall().catch((error: unknown) => {
      this.#prepared = null;
      throw error;
    });
    return this.#prepared;
  }

  async #tidyAndInstall(): Promise<InstalledHook> {
    await mkdir(join(this.#directory, "home"), { recursive: true, mode: 0o700 });
    await removeLeftChannels(this.#directory);
    await this.#removeUnfinished();
    return installPushHook(this.#directory);
  }

  /** Repositories that a crash left half made. */
  async #removeUnfinished(): Promise<void> {
    const repositories = join(this.#directory, "repositories");
    const names = await readdir(repositories).catch(() => []);
    for (const name of names.filter((one) => one.includes(".git.new-")))
      await rm(join(repositories, name), { recursive: true, force: true });
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

function refused(status: number, text: string): HostedGitReply {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: Readable.from([`${text}\n`]),
  };
}

/** Before a large one git asks with nothing but `0000` whether it will be let in. */
function isPush({ path, headers }: HostedGitRequest): boolean {
  return path === "git-receive-pack" && headers["content-length"] !== "4";
}

/** Within git's protocol: of other answers to a push git only shows the status. */
function refusedPush(text: string): HostedGitReply {
  return {
    status: 200,
    headers: { "content-type": "application/x-git-receive-pack-result" },
    body: Readable.from([toPacket(new LastWords(text))]),
  };
}

/** Where git keeps what is pushed until it is accepted. A killed one leaves it behind, and it would count for ever. */
async function removeQuarantines(repository: string): Promise<void> {
  const objects = join(repository, "objects");
  const names = await readdir(objects).catch(() => []);
  for (const name of names.filter((one) => /^(?:tmp_objdir-)?incoming-/.test(one)))
    await rm(join(objects, name), { recursive: true, force: true, maxRetries: 3 });
}
