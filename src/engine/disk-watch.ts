/**
 * Bounds what an instance writes into its own files. Docker can do that itself only where its data directory is XFS with
 * project quotas; anywhere else this looks, and kills what is above the limit: its files go with it.
 *
 * To add up files takes long where there are many. So the look is taken when the disk has lost a good part of the limit
 * since the last one, which costs one system call to see, and else only now and then. What fits in between is the price.
 */
import { statfs } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ContainerInfo } from "dockerode";
import type { EngineContext } from "./context.ts";
import { takenBytes } from "./disk-use.ts";
import { isRefusal, messageOf } from "./errors.ts";
import { labels } from "./naming.ts";
import { containerName, listOwnContainers } from "./own-containers.ts";

const GLANCE_MS = 1_000;
const LOOK_MS = 5 * 60_000;
/** A look is due when this share of the limit has gone from the disk. */
const LOOK_SHARE = 0.125;

export class DiskWatch {
  readonly #context: EngineContext;
  readonly #limitBytes: number;
  #directory: string | null = null;
  #freeAtLook = Number.POSITIVE_INFINITY;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(context: EngineContext, limitBytes: number) {
    this.#context = context;
    this.#limitBytes = limitBytes;
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await delay(GLANCE_MS, undefined, { signal, ref: false });
        if (await this.#isLookDue(signal)) await this.look(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#context.report("disk-watch-failed", { problem: messageOf(error) });
        this.#lookedAtMs = this.#context.now();
      }
    }
  }

  /** Measures all that run and kills those above the limit. */
  async look(signal: AbortSignal): Promise<void> {
    const directory = await this.#dataDirectory(signal);
    for (const info of await listOwnContainers(this.#context, signal)) {
      const instanceId = info.Labels[labels.instance];
      if (instanceId === undefined || info.State !== "running") continue;
      await this.#bound(info, { instanceId, dataDirectory: directory }, signal);
    }
  }

  /** One that ends meanwhile, or whose files take too long to be added up, must not keep the others from being looked at. */
  async #bound(
    info: ContainerInfo,
    { instanceId, dataDirectory }: { readonly instanceId: string; readonly dataDirectory: string },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const bytes = await takenBytes(this.#context, { name: containerName(info), dataDirectory }, signal);
      if (bytes <= this.#limitBytes) return;
      this.#context.report("instance-disk-full", { instanceId, bytes, limitBytes: this.#limitBytes });
      this.#context.overfull.add(instanceId);
      await this.#context.client.call(signal, (docker) => docker.getContainer(info.Id).kill());
    } catch (error) {
      signal.throwIfAborted();
      if (isRefusal(error, 404, 409)) return;
      this.#context.report("instance-disk-not-measured", { instanceId, problem: messageOf(error) });
    }
  }

  async #isLookDue(signal: AbortSignal): Promise<boolean> {
    const now = this.#context.now();
    const free = await freeBytes(await this.#dataDirectory(signal));
    const isShrinking = this.#freeAtLook - free > this.#limitBytes * LOOK_SHARE;
    // What others give back must not hide what an instance takes afterwards.
    if (free > this.#freeAtLook) this.#freeAtLook = free;
    if (!isShrinking && now - this.#lookedAtMs < LOOK_MS) return false;
    this.#freeAtLook = free;
    this.#lookedAtMs = now;
    return true;
  }

  async #dataDirectory(signal: AbortSignal): Promise<string> {
    this.#directory ??= (
      await this.#context.client.call(
        signal,
        (docker) => docker.info() as Promise<{ readonly DockerRootDir: string }>,
      )
    ).DockerRootDir;
    return this.#directory;
  }
}

/** Of the disk of the engine's data; when it cannot be seen only time counts. */
async function freeBytes(directory: string): Promise<number> {
  const found = await statfs(directory).catch(() => null);
  return found === null ? Number.POSITIVE_INFINITY : found.bavail * found.bsize;
}
