/**
 * Network sandboxes made in advance: a sleeping container that owns the network namespace in which an instance is then
 * started (`NetworkMode: container:<sandbox>`), since the namespace is 100 of the 193 ms of a start.
 *
 * A sandbox is taken by creating an instance that refers to it: the engine itself holds the claim, so there is no moment
 * at which a crash could leak one. What no instance refers to is free; what is free is counted again from labels.
 * A sandbox that has been handed out is never used for a second instance: its address may still be known to clients.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ContainerInfo } from "dockerode";
import { orAborted } from "../domain/or-aborted.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, messageOf } from "./errors.ts";
import { labels } from "./naming.ts";
import { containerName, listOwnContainers } from "./own-containers.ts";
import { removeContainer } from "./remove-container.ts";
import { SANDBOX_COMMAND, ensureSandboxImage } from "./sandbox-image.ts";

export interface Sandbox {
  readonly containerId: string;
  readonly address: string;
  /** Made for one instance: never another's. */
  readonly isMade?: true;
}

/** What one instance needs of its sandbox that others do not. */
export interface SandboxShape {
  /** Instead of the one for all. */
  readonly network?: string;
  /** Name → address, beside what DNS knows. */
  readonly hosts?: ReadonlyMap<string, string>;
  /** Instead of the engine's own choice. */
  readonly nameServers?: readonly string[];
}

/** Making a sandbox takes 200 ms of both cores; right after a start that would slow down the instance's own start. */
const REFILL_DELAY_MS = 1_000;

/** It runs one process, but runc itself starts inside the limit: with 4, one in some 200 starts lacked a thread. */
const SANDBOX_PIDS_LIMIT = 64;
/** Longer than any start of a sandbox takes. */
const MAKING_MS = 60_000;

export class SandboxPool {
  readonly #context: EngineContext;
  readonly #size: number;
  readonly #closed = new AbortController();
  #free: Sandbox[] = [];
  /** Handed out by this process; a call that timed out may still bind one, so they never return by a count. */
  readonly #taken = new Set<string>();
  /** Names of those being made: they look free before they are handed out. */
  readonly #making = new Set<string>();
  #refilling: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #openFilesLimit: number | null = null;

  constructor(context: EngineContext, size: number) {
    this.#context = context;
    this.#size = size;
  }

  /** A sandbox for one instance: from the pool, or made on the spot (some 240 ms) when it is empty, or of another shape. */
  async take(signal: AbortSignal, shape: SandboxShape | null = null): Promise<Sandbox> {
    if (shape !== null) {
      return await this.#create((made) => this.#taken.add(made.containerId), signal, shape);
    }
    this.#refillSoon();
    const ready = this.#free.shift();
    if (ready === undefined) return await this.#create((made) => this.#taken.add(made.containerId), signal);
    this.#taken.add(ready.containerId);
    return ready;
  }

  /** Takes back a sandbox that certainly no instance was created in. */
  giveBack(sandbox: Sandbox): void {
    this.#taken.delete(sandbox.containerId);
    // The next count removes it.
    if (sandbox.isMade !== true) this.#free.push(sandbox);
  }

  /** Removes a sandbox whose instance is gone or never came to be. */
  async discard(containerId: string, signal: AbortSignal): Promise<void> {
    this.#free = this.#free.filter((sandbox) => sandbox.containerId !== containerId);
    await removeContainer(this.#context, containerId, signal);
    this.#taken.delete(containerId);
  }

  /** Counts what the engine has, removes dead ones and makes what is missing. Runs once at a time, for all callers. */
  async refill(signal: AbortSignal): Promise<void> {
    this.#refilling ??= this.#refill(this.#closed.signal).finally(() => {
      this.#refilling = null;
    });
    await orAborted(this.#refilling, signal);
  }

  /**
   * Highest number of open files a container may be given: what the engine's own children inherit, seen at a sandbox.
   * Asking for more fails the start where the engine lacks CAP_SYS_RESOURCE. Null when it cannot be seen.
   */
  async openFilesLimit(signal: AbortSignal): Promise<number | null> {
    if (this.#openFilesLimit !== null) return this.#openFilesLimit;
    const [sandbox] = this.#free;
    if (sandbox === undefined) return null;
    this.#openFilesLimit = await inheritedOpenFiles(this.#context, sandbox.containerId, signal);
    return this.#openFilesLimit;
  }

  /** Removes those that no living instance needs, for an installation that rests. Ends the work in the background. */
  async removeIdle(signal: AbortSignal): Promise<void> {
    this.close();
    this.#free = [];
    const idle = await unclaimedSandboxes(this.#context, (info) => !hasEnded(info), signal);
    await Promise.all(idle.map(async ({ Id }) => await removeContainer(this.#context, Id, signal)));
  }

  /** Ends the work in the background. The sandboxes stay for the next start of the control plane. */
  close(): void {
    this.#closed.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #refillSoon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.refill(this.#closed.signal).catch((error: unknown) => {
        if (this.#closed.signal.aborted) return;
        this.#context.report("sandbox-refill-failed", { problem: messageOf(error) });
      });
    }, REFILL_DELAY_MS);
    this.#timer.unref();
  }

  async #refill(signal: AbortSignal): Promise<void> {
    const unclaimed = await unclaimedSandboxes(this.#context, () => true, signal);
    const candidates = unclaimed.filter(
      (info) => !this.#taken.has(info.Id) && !this.#making.has(containerName(info)),
    );
    // One that was made for an instance has rights that others must not inherit.
    const [made, pooled] = [
      candidates.filter(isMadeForOne),
      candidates.filter((info) => !isMadeForOne(info)),
    ];
    const nowMs = this.#context.now();
    this.#free = pooled.filter(isRunning).map((info) => toSandbox(info, this.#context.names.network));
    for (const { Id } of [
      ...pooled.filter((info) => isDead(info, nowMs)),
      ...made.filter((info) => isOld(info, nowMs)),
    ]) {
      await removeContainer(this.#context, Id, signal);
    }
    // Two control planes may have filled the pool at once, while one replaced the other.
    for (const { containerId } of this.#free.splice(this.#size)) {
      await removeContainer(this.#context, containerId, signal);
    }
    while (this.#free.length < this.#size) await this.#create((made) => this.#free.push(made), signal);
  }

  /** `keep` gets it in the same moment in which a count would begin to see it: nobody else can take it in between. */
  async #create(
    keep: (sandbox: Sandbox) => void,
    signal: AbortSignal,
    shape: SandboxShape | null = null,
  ): Promise<Sandbox> {
    const name = this.#context.names.sandboxContainer(randomBytes(6).toString("hex"));
    this.#making.add(name);
    try {
      const sandbox = await createSandbox(this.#context, { name, shape }, signal);
      keep(sandbox);
      return sandbox;
    } finally {
      this.#making.delete(name);
    }
  }
}

async function createSandbox(
  context: EngineContext,
  { name, shape }: { readonly name: string; readonly shape: SandboxShape | null },
  signal: AbortSignal,
): Promise<Sandbox> {
  const { client, names } = context;
  const network = shape?.network ?? names.network;
  const image = await ensureSandboxImage(context, signal);
  const { id } = await client.call(signal, (docker) =>
    docker.createContainer({ name, ...body(context, image, shape) }),
  );
  try {
    await client.call(signal, (docker) => docker.getContainer(id).start());
    const { NetworkSettings } = await client.call(signal, (docker) => docker.getContainer(id).inspect());
    const address = NetworkSettings.Networks[network]?.IPAddress ?? "";
    if (address === "") throw engineUnavailable("a network sandbox ended as soon as it was started");
    return { containerId: id, address, ...(shape !== null && { isMade: true }) };
  } catch (error) {
    // Should this fail too, a later count removes it.
    await removeContainer(context, id, AbortSignal.timeout(MAKING_MS)).catch(() => undefined);
    throw error;
  }
}

async function inheritedOpenFiles(
  { client }: EngineContext,
  containerId: string,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const { State } = await client.call(signal, (docker) => docker.getContainer(containerId).inspect());
    const limits = await readFile(`/proc/${State.Pid}/limits`, "utf8");
    const hard = /^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1];
    return hard === undefined ? null : Number(hard);
  } catch {
    signal.throwIfAborted();
    return null; // the sandbox has died, or runs on another machine
  }
}

function body({ names }: EngineContext, image: string, shape: SandboxShape | null) {
  return {
    Image: image,
    Cmd: [SANDBOX_COMMAND],
    User: "65534:65534",
    Labels: {
      [labels.owner]: names.ownerId,
      [labels.role]: "sandbox",
      ...(shape !== null && { [labels.made]: "one" }),
    },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: shape?.network ?? names.network,
      ExtraHosts: Array.from(shape?.hosts ?? [], ([host, address]) => `${host}:${address}`),
      Dns: [...(shape?.nameServers ?? [])],
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: true,
      PidsLimit: SANDBOX_PIDS_LIMIT,
      LogConfig: { Type: "none", Config: {} },
      RestartPolicy: { Name: "no" },
    },
  };
}

/** Those that no container refers to, of the containers that `canClaim`. */
async function unclaimedSandboxes(
  context: EngineContext,
  canClaim: (info: ContainerInfo) => boolean,
  signal: AbortSignal,
): Promise<readonly ContainerInfo[]> {
  const all = await listOwnContainers(context, signal);
  const claimed = new Set(all.filter(canClaim).map((info) => info.HostConfig.NetworkMode));
  return all.filter((info) => info.Labels[labels.role] === "sandbox" && !claimed.has(`container:${info.Id}`));
}

function hasEnded({ State }: ContainerInfo): boolean {
  return State === "exited" || State === "dead";
}

function isRunning(info: ContainerInfo): boolean {
  return info.State === "running";
}

function isMadeForOne({ Labels }: ContainerInfo): boolean {
  return Labels[labels.made] !== undefined;
}

/** Its instance would be there by now. */
function isOld(info: ContainerInfo, nowMs: number): boolean {
  return nowMs - info.Created * 1_000 > MAKING_MS;
}

/** One that never came to run may be in the making still, by a control plane that is just going away. */
function isDead(info: ContainerInfo, nowMs: number): boolean {
  if (info.State === "created") return isOld(info, nowMs);
  return !isRunning(info);
}

function toSandbox(info: ContainerInfo, network: string): Sandbox {
  return { containerId: info.Id, address: info.NetworkSettings.Networks[network]?.IPAddress ?? "" };
}
