/**
 * Docker behind the engine port: the thin face. Each act lives in a file of its own; here they are put together, and
 * what the engine refused without an act understanding it becomes EngineUnavailable.
 */
import { freemem, totalmem } from "node:os";
import type { ImageReference } from "../domain/image-reference.ts";
import type { InstanceActivity } from "../domain/instance.ts";
import type {
  ContainerEngine,
  EngineEvent,
  EngineFacts,
  EngineInstance,
  EngineMemory,
  InstanceSpec,
  InstanceUsage,
  MachineImage,
  OutputBatch,
  PullRequest,
  ResolvedImage,
  RunningInstance,
} from "../ports/container-engine.ts";
import { EngineClient, type Report } from "./client.ts";
import type { ImageFiles } from "../ports/image-files.ts";
import { findDockerNetwork } from "./connector-network.ts";
import type { EngineContext } from "./context.ts";
import { DiskWatch } from "./disk-watch.ts";
import { type DoorListener, DoorRules } from "./door-rules.ts";
import { type EgressOptions, EgressRules } from "./egress-rules.ts";
import { messageOf, refusalToUnavailable } from "./errors.ts";
import { Firewall, type FirewallOptions } from "./firewall.ts";
import { EngineImageFiles } from "./image-files.ts";
import { collectImages, findImage, listImages, protectImage, type HeldImages } from "./images.ts";
import { EngineInit } from "./init-process.ts";
import { InstanceCgroups } from "./instance-cgroups.ts";
import { listInstances } from "./list-instances.ts";
import { Names } from "./naming.ts";
import { bridgeAddress, ensureNetwork } from "./network.ts";
import {
  defaultPullDeadlines,
  pullImage,
  type PullDeadlines,
  type PullRules,
  resolveDigest,
} from "./pull-image.ts";
import { readOutput } from "./read-output.ts";
import { removeInstance } from "./remove-instance.ts";
import { SandboxPool } from "./sandbox-pool.ts";
import { startInstance } from "./start-instance.ts";
import { stopInstance } from "./stop-instance.ts";
import { uninstall, type Uninstalled } from "./uninstall.ts";
import { watchExits } from "./watch.ts";

/** Covers a deployment of a usual service or a start from nothing; each costs one shim, 2.5 MB. */
const DEFAULT_POOL_SIZE = 4;
const BYTES_PER_MIB = 1_024 * 1_024;
const DEFAULT_GVISOR_RUNTIME = "runsc";
const DEFAULT_DISK_BYTES = 3_072 * BYTES_PER_MIB;

export interface DockerEngineOptions {
  /** Path of the engine's unix socket. */
  readonly socketPath: string;
  /** Id of this installation, 8 to 64 lower-case hex digits: two installations share an engine without meeting. */
  readonly ownerId: string;
  readonly firewall?: FirewallOptions;
  /** What VPC connectors reach; none unless given. */
  readonly egressPolicies?: EgressOptions["policies"];
  /** Of this machine, which no connector opens. */
  readonly closedPorts?: EgressOptions["closedPorts"];
  /** Network sandboxes kept ready; 4 unless given. */
  readonly sandboxPoolSize?: number;
  readonly pullDeadlines?: PullDeadlines;
  /** Why a registry is not asked; all are unless given. */
  readonly problemOfRegistry?: PullRules["problemOfRegistry"];
  /** What the engine calls gVisor; `runsc` unless given. */
  readonly gvisorRuntime?: string;
  /** What an instance may write into its own files; App Runner's 3 GB unless given. */
  readonly instanceDiskBytes?: number;
  readonly report?: Report;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface InfoReply {
  readonly Name: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly OperatingSystem: string;
  readonly KernelVersion: string;
  readonly Labels: readonly string[] | null;
}

export class DockerEngine implements ContainerEngine {
  readonly #context: EngineContext;
  readonly #firewall: Firewall;
  readonly #pool: SandboxPool;
  readonly #cgroups: InstanceCgroups;
  readonly #init: EngineInit;
  readonly #door: DoorRules;
  readonly #egress: EgressRules;
  readonly #pullRules: PullRules;
  readonly #instanceDiskBytes: number;
  readonly #gvisorRuntime: string;
  readonly #held: HeldImages = new Map();

  constructor(options: DockerEngineOptions) {
    this.#context = {
      client: new EngineClient(options.socketPath),
      names: new Names(options.ownerId),
      report: options.report ?? (() => undefined),
      overfull: new Set(),
      now: options.now ?? Date.now,
    };
    this.#firewall = new Firewall(this.#context, options.firewall ?? {});
    this.#pool = new SandboxPool(this.#context, options.sandboxPoolSize ?? DEFAULT_POOL_SIZE);
    this.#init = new EngineInit(this.#context);
    this.#door = new DoorRules(this.#context);
    this.#egress = new EgressRules(this.#context, {
      policies: options.egressPolicies ?? (async () => await Promise.resolve([])),
      resolvers: options.firewall?.resolvers,
      closedPorts: options.closedPorts,
    });
    this.#cgroups = new InstanceCgroups(this.#context);
    this.#gvisorRuntime = options.gvisorRuntime ?? DEFAULT_GVISOR_RUNTIME;
    this.#instanceDiskBytes = options.instanceDiskBytes ?? DEFAULT_DISK_BYTES;
    this.#pullRules = {
      deadlines: options.pullDeadlines ?? defaultPullDeadlines,
      problemOfRegistry: options.problemOfRegistry ?? (async () => await Promise.resolve(null)),
    };
  }

  /** The rules come before the first container. */
  async prepare(signal: AbortSignal): Promise<void> {
    await translated(async () => {
      await this.#context.client.negotiate(signal);
      await this.#firewall.apply(signal);
      await this.#egress.apply(signal);
      await ensureNetwork(this.#context, signal);
      await this.#egress.tidy(signal);
      await this.#door.apply(signal);
      await this.#init.isUsable(signal);
      await this.#pool.refill(signal);
    });
  }

  async facts(signal: AbortSignal): Promise<EngineFacts> {
    return await translated(async () => {
      const { client } = this.#context;
      const [info, version] = await Promise.all([
        client.call(signal, (docker) => docker.info() as Promise<InfoReply>),
        client.call(signal, (docker) => docker.version()),
      ]);
      return {
        name: info.Name,
        version: version.Version,
        cpuCount: info.NCPU,
        memoryMiB: Math.floor(info.MemTotal / BYTES_PER_MIB),
        architecture: version.Arch,
        apiVersion: version.ApiVersion,
        system: info.OperatingSystem,
        kernel: info.KernelVersion,
        labels: info.Labels ?? [],
      };
    });
  }

  /** The engine is local (it is reached by a unix socket), so its memory is this machine's. */
  async memory(signal: AbortSignal): Promise<EngineMemory> {
    signal.throwIfAborted();
    // On Linux `freemem` is MemAvailable of /proc/meminfo, not MemFree.
    const memory = { totalMiB: totalmem() / BYTES_PER_MIB, availableMiB: freemem() / BYTES_PER_MIB };
    return await Promise.resolve(memory);
  }

  async findImage(image: ImageReference, signal: AbortSignal): Promise<ResolvedImage | null> {
    return await translated(() => findImage(this.#context, image, signal));
  }

  async listImages(signal: AbortSignal): Promise<readonly MachineImage[]> {
    return await translated(() => listImages(this.#context, signal));
  }

  async resolveDigest(request: PullRequest, signal: AbortSignal): Promise<string> {
    return await translated(() => resolveDigest(this.#context, request, this.#pullRules, signal));
  }

  async pullImage(request: PullRequest, signal: AbortSignal): Promise<ResolvedImage> {
    const options = { ...this.#pullRules, held: this.#held };
    return await translated(() => pullImage(this.#context, request, options, signal));
  }

  async protectImage(imageId: string, releaseKey: string, signal: AbortSignal): Promise<void> {
    await translated(() => protectImage(this.#context, imageId, releaseKey, signal));
    this.#held.delete(imageId);
  }

  async collectImages(keep: ReadonlySet<string>, signal: AbortSignal): Promise<{ readonly removed: number }> {
    return await translated(() => collectImages(this.#context, keep, this.#held, signal));
  }

  async startInstance(spec: InstanceSpec, signal: AbortSignal): Promise<RunningInstance> {
    const supplies = {
      pool: this.#pool,
      init: this.#init,
      door: this.#door,
      egress: this.#egress,
      gvisorRuntime: this.#gvisorRuntime,
    };
    return await translated(() => startInstance(this.#context, supplies, spec, signal));
  }

  async stopInstance(
    instanceId: string,
    options: { readonly graceMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    await translated(async () => {
      await this.#cgroups.awaken(instanceId, signal);
      await stopInstance(this.#context, instanceId, options.graceMs, signal);
    });
  }

  async removeInstance(instanceId: string, signal: AbortSignal): Promise<void> {
    await translated(async () => {
      await this.#cgroups.awaken(instanceId, signal);
      await removeInstance(this.#context, this.#pool, instanceId, signal);
    });
    this.#cgroups.forget(instanceId);
    this.#context.overfull.delete(instanceId);
    await this.#door.dismiss(instanceId, signal);
  }

  /** Where the instance door is to listen: the host's address on the instances' bridge. */
  async bridgeAddress(signal: AbortSignal): Promise<string> {
    return await translated(() => bridgeAddress(this.#context, signal));
  }

  /** Puts in place what connectors reach by now. */
  async applyEgress(signal: AbortSignal): Promise<void> {
    await translated(() => this.#egress.apply(signal));
  }

  /** Those of them that are no networks of this engine. */
  async missingNetworks(names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    return await translated(async () => {
      const found = await Promise.all(names.map((name) => findDockerNetwork(this.#context, name, signal)));
      return names.filter((_name, index) => found[index] === null);
    });
  }

  /** What an earlier self opened stays open from the first `prepare` on. */
  expectInternal(listener: DoorListener | null): void {
    this.#firewall.openInternal(listener);
    this.#egress.openInternal(listener);
  }

  /** Lets instances call the edge's internal listener on the bridge; null: not any more. */
  async openInternal(listener: DoorListener | null, signal: AbortSignal): Promise<void> {
    this.expectInternal(listener);
    await translated(async () => {
      await this.#firewall.apply(signal);
      await this.#egress.apply(signal);
    });
  }

  /** Leads instances with a role to where the control plane listens now. */
  async openDoor(listener: DoorListener, signal: AbortSignal): Promise<void> {
    await translated(async () => {
      this.#firewall.openDoor(listener.port);
      this.#egress.openDoor(listener.port);
      await this.#firewall.apply(signal);
      await this.#egress.apply(signal);
      await this.#door.lead(listener, signal);
    });
  }

  async setActivity(instanceId: string, activity: InstanceActivity, signal: AbortSignal): Promise<void> {
    await translated(() => this.#cgroups.setActivity(instanceId, activity, signal));
  }

  async readUsage(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, InstanceUsage>> {
    return await translated(() => this.#cgroups.readUsage(instanceIds, signal));
  }

  async listInstances(signal: AbortSignal): Promise<readonly EngineInstance[]> {
    return await translated(() => listInstances(this.#context, signal));
  }

  watch(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return watchExits(this.#context, () => this.#restore(signal), signal);
  }

  readOutput(instanceId: string, cursor: string | null, signal: AbortSignal): AsyncIterable<OutputBatch> {
    return readOutput(this.#context, instanceId, cursor, signal);
  }

  /** Kills instances that write more than they may into their own files, until the signal is aborted. */
  async boundDisks(signal: AbortSignal): Promise<void> {
    await new DiskWatch(this.#context, this.#instanceDiskBytes).run(signal);
  }

  /** Reads files of images that are here. */
  get imageFiles(): ImageFiles {
    return new EngineImageFiles(this.#context);
  }

  /** Ends background work. Instances, sandboxes and rules stay as they are. */
  close(): void {
    this.#pool.close();
  }

  /** Ends background work and removes the sandboxes that no living instance needs: nothing sleeps for nothing. */
  async rest(signal: AbortSignal): Promise<void> {
    await translated(() => this.#pool.removeIdle(signal));
  }

  /** Removes everything this installation has on the engine and in the firewall. Images with other tags stay. */
  async uninstall(signal: AbortSignal): Promise<Uninstalled> {
    this.#pool.close();
    return await translated(() =>
      uninstall(this.#context, [this.#firewall, this.#door, this.#egress], signal),
    );
  }

  /** A restarted engine may have rebuilt its chains, and a rebooted one has lost the sandboxes. */
  async #restore(signal: AbortSignal): Promise<void> {
    this.#init.forget();
    try {
      await this.prepare(signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#context.report("engine-not-restored", { problem: messageOf(error) });
    }
  }
}

async function translated<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw refusalToUnavailable(error);
  }
}
