/**
 * The cgroups of instances, found through the engine once and then used without it: a thaw takes a fraction of a
 * millisecond. Docker's own state stays `running` throughout, since a container that was paused through its API and thawed
 * here, or the other way round, confuses it.
 */
import { readFileSync } from "node:fs";
import type { InstanceActivity } from "../domain/instance.ts";
import type { InstanceUsage } from "../ports/container-engine.ts";
import { Cgroup } from "./cgroup.ts";
import { cgroupFiles } from "./cgroup-files.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, messageOf } from "./errors.ts";
import { inspectOwnContainer } from "./own-containers.ts";

const CGROUP_ROOT = "/sys/fs/cgroup";
const NANO_PER_MILLI = 1_000_000;
/** A process halts within a millisecond unless it waits for a disk that does not answer. */
const FREEZE_DEADLINE_MS = 2_000;

/** What the kernel says of files whose process or cgroup has ended, before and while they are used. */
const GONE: ReadonlySet<unknown> = new Set(["ENOENT", "ENODEV", "ESRCH"]);

export class InstanceCgroups {
  readonly #context: EngineContext;
  /** Directories are named after the container, so one is there as long as that container runs and never another's. */
  readonly #known = new Map<string, Cgroup>();
  /** The last wish of each: one that needs longer must not undo a later one. */
  readonly #wishes = new Map<string, InstanceActivity>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async setActivity(instanceId: string, activity: InstanceActivity, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#wishes.set(instanceId, activity);
    const isWanted = () => this.#wishes.get(instanceId) === activity;
    const hasFailed = await this.#use(instanceId, signal, async (cgroup) => {
      if (!isWanted()) return false;
      cgroup.setActivity(activity);
      if (activity !== "freeze" || (await cgroup.hasFrozen(FREEZE_DEADLINE_MS, isWanted))) return false;
      cgroup.setActivity("run");
      return true;
    });
    if (hasFailed === null && isWanted()) this.forget(instanceId);
    if (hasFailed === true) {
      throw engineUnavailable(`instance ${instanceId} was not frozen within ${FREEZE_DEADLINE_MS / 1_000} s`);
    }
  }

  /** Before an instance is stopped: only what runs hears SIGTERM. What cannot be awakened is killed after its grace time. */
  async awaken(instanceId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.setActivity(instanceId, "run", signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#context.report("instance-not-awakened", { instanceId, problem: messageOf(error) });
    }
  }

  async readUsage(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, InstanceUsage>> {
    signal.throwIfAborted();
    const usages = new Map<string, InstanceUsage>();
    await Promise.all(
      instanceIds.map(async (instanceId) => {
        const usage = await this.#use(instanceId, signal, (cgroup) => cgroup.usage());
        if (usage !== null) usages.set(instanceId, usage);
      }),
    );
    return usages;
  }

  forget(instanceId: string): void {
    this.#known.delete(instanceId);
    this.#wishes.delete(instanceId);
  }

  /** Null when the instance does not run. One whose cgroup is gone is looked for anew: its id may have a new container. */
  async #use<T>(
    instanceId: string,
    signal: AbortSignal,
    act: (cgroup: Cgroup) => T | Promise<T>,
  ): Promise<T | null> {
    const known = this.#known.get(instanceId);
    const outcome = known === undefined ? null : await unlessGone(() => act(known));
    if (outcome !== null) return outcome;
    this.#known.delete(instanceId);
    const found = await this.#find(instanceId, signal);
    if (found === null) return null;
    this.#known.set(instanceId, found);
    return await unlessGone(() => act(found));
  }

  async #find(instanceId: string, signal: AbortSignal): Promise<Cgroup | null> {
    const { names, report } = this.#context;
    const container = await inspectOwnContainer(this.#context, names.instanceContainer(instanceId), signal);
    if (container === null || !container.State.Running) return null;
    const text = await unlessGone(() => readFileSync(`/proc/${container.State.Pid}/cgroup`, "utf8"));
    if (text === null) return null;
    const files = cgroupFiles(text, container.Id, CGROUP_ROOT);
    if (files !== null) return new Cgroup(files, (container.HostConfig.NanoCpus ?? 0) / NANO_PER_MILLI);
    report("instance-cgroup-not-found", { instanceId });
    return null;
  }
}

async function unlessGone<T>(act: () => T | Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code)) return null;
    throw error;
  }
}
