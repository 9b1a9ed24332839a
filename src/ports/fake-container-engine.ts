/**
 * A container engine in memory, for unit tests. It passes the contract that Docker passes; what a real application or
 * engine would do by itself is done by the levers. Nothing happens by time: same calls, same result.
 * Longer than a file should be: the port is wide, and each act shares the one state.
 */
import { createHash } from "node:crypto";
import { SlipwayError } from "../domain/error.ts";
import { formatImageReference, parseImageReference, type ImageReference } from "../domain/image-reference.ts";
import type { InstanceActivity } from "../domain/instance.ts";
import {
  ImagePullError,
  InstanceStartError,
  type ContainerEngine,
  type EngineEvent,
  type EngineFacts,
  type EngineInstance,
  type EngineMemory,
  type InstanceExit,
  type InstanceSpec,
  type InstanceUsage,
  type MachineImage,
  type OutputLine,
  type PullRequest,
  type ResolvedImage,
  type RunningInstance,
} from "./container-engine.ts";

/** An image, and how the application in it behaves. */
export interface FakeImage extends ResolvedImage {
  /** Programs in the image; null: every command is found. */
  readonly executables: readonly string[] | null;
  /** Exit code on SIGTERM; null: it is ignored, so that the grace time ends with SIGKILL (137). */
  readonly exitCodeOnStop: number | null;
  /** Exit code with which it ends as soon as it was started; null: it stays. */
  readonly exitCodeAtStart: number | null;
}

interface FakeInstance {
  readonly spec: InstanceSpec;
  readonly address: string;
  exit: InstanceExit | null;
  activity: InstanceActivity;
  usage: InstanceUsage;
  requestCount: number;
  /** Requests that wait in it while it is frozen. */
  readonly waiting: (() => void)[];
  readonly output: {
    readonly stream: OutputLine["stream"];
    readonly text: string;
    readonly timestampMs: number;
  }[];
}

type Watcher = (event: EngineEvent) => void;

const KILLED: InstanceExit = { exitCode: 137, isOutOfMemory: false };
const NOT_FOUND = 127;
const MIB = 1_024 * 1_024;
/** Share of its processors that an application gets of what it wants. */
const CPU_SHARES: Readonly<Record<InstanceActivity, number>> = { run: 1, throttle: 0.1, freeze: 0 };

/** What outlives the control plane: shared by an engine and those made by `reconnect`. */
class EngineState {
  readonly images = new Map<string, FakeImage>();
  readonly registry = new Map<string, FakeImage>();
  readonly pulledIds = new Set<string>();
  readonly releases = new Map<string, string>();
  readonly instances = new Map<string, FakeInstance>();
  readonly watchers = new Set<Watcher>();
  readonly outputWaiters = new Set<() => void>();
  readonly startFailures: Error[] = [];
  readonly pullFailures: Error[] = [];
  readonly resolveFailures: Error[] = [];
  readonly calls: string[] = [];
  memory: EngineMemory = { totalMiB: 16_384, availableMiB: 12_288 };
  unavailable: string | null = null;
  startGate: Promise<void> | null = null;
  addressCount = 0;
}

export class FakeContainerEngine implements ContainerEngine {
  readonly #state: EngineState;
  readonly #now: () => number;

  constructor(options: { readonly now?: () => number } = {}, state = new EngineState()) {
    this.#state = state;
    this.#now = options.now ?? (() => 0);
  }

  // Levers ----------------------------------------------------------------------------------------------------------

  /** Acts so far, as `startInstance <id>`. */
  get calls(): readonly string[] {
    return this.#state.calls;
  }

  /** The control plane crashed and is back: a new object, the same engine. */
  reconnect(): FakeContainerEngine {
    return new FakeContainerEngine({ now: this.#now }, this.#state);
  }

  /** Puts an image on the engine that no registry has. */
  addLocalImage(name: string, image: Partial<FakeImage> = {}): FakeImage {
    const complete = completeImage(name, { ...image, digest: null });
    this.#state.images.set(keyOf(parseImageReference(name, "image")), complete);
    return complete;
  }

  /** Pushes an image to a registry; a name that is there moves to the new image. */
  addRegistryImage(name: string, image: Partial<FakeImage> = {}): FakeImage {
    const complete = completeImage(name, image);
    const reference = parseImageReference(name, "image");
    this.#state.registry.set(keyOf(reference), complete);
    this.#state.registry.set(keyOf(pinned(reference, complete)), complete);
    return complete;
  }

  /** Somebody removes an image from the engine by force, our references to it too. What runs goes on. */
  loseImage(imageId: string): void {
    const { images, releases, pulledIds } = this.#state;
    for (const [name, image] of images) if (image.imageId === imageId) images.delete(name);
    for (const [key, id] of releases) if (id === imageId) releases.delete(key);
    pulledIds.delete(imageId);
  }

  failNextStart(error: Error): void {
    this.#state.startFailures.push(error);
  }

  failNextPull(error: Error): void {
    this.#state.pullFailures.push(error);
  }

  failNextResolve(error: Error): void {
    this.#state.resolveFailures.push(error);
  }

  /** From now on starts wait until the returned function is called. */
  holdStarts(): () => void {
    const gate = Promise.withResolvers<void>();
    this.#state.startGate = gate.promise;
    return () => {
      this.#state.startGate = null;
      gate.resolve();
    };
  }

  /** Every call fails with EngineUnavailable until it is set to null; watchers then get `resync`. */
  setUnavailable(problem: string | null): void {
    this.#state.unavailable = problem;
    if (problem === null) this.#emit({ type: "resync" });
  }

  /** The instance ends by itself. `isSilent`: the event is lost. */
  exitInstance(instanceId: string, exit: Partial<InstanceExit> & { readonly isSilent?: boolean } = {}): void {
    const instance = this.#instance(instanceId);
    const { isSilent = false, ...said } = exit;
    this.#end(instance, { exitCode: 1, isOutOfMemory: false, ...said }, isSilent);
  }

  writeOutput(instanceId: string, lines: readonly string[], stream: OutputLine["stream"] = "stdout"): void {
    const timestampMs = this.#now();
    this.#instance(instanceId).output.push(...lines.map((text) => ({ stream, text, timestampMs })));
    this.#wakeReaders();
  }

  specOf(instanceId: string): InstanceSpec {
    return this.#instance(instanceId).spec;
  }

  activityOf(instanceId: string): InstanceActivity {
    return this.#instance(instanceId).activity;
  }

  /** A request reaches the application, which says how many it has answered, as soon as the instance runs. */
  async request(instanceId: string): Promise<number> {
    const instance = this.#instance(instanceId);
    if (instance.activity === "freeze") {
      const { promise, resolve } = Promise.withResolvers<void>();
      instance.waiting.push(resolve);
      await promise;
    }
    instance.requestCount += 1;
    return instance.requestCount;
  }

  /** The application wants this much of a processor; it gets what its activity lets it have. */
  useCpu(instanceId: string, cpuMs: number): void {
    const instance = this.#instance(instanceId);
    const gainedMs = cpuMs * CPU_SHARES[instance.activity];
    instance.usage = { ...instance.usage, cpuMs: instance.usage.cpuMs + gainedMs };
  }

  setInstanceMemory(instanceId: string, memoryMiB: number): void {
    const instance = this.#instance(instanceId);
    instance.usage = { ...instance.usage, memoryMiB };
  }

  setMemory(memory: Partial<EngineMemory>): void {
    this.#state.memory = { ...this.#state.memory, ...memory };
  }

  // The port --------------------------------------------------------------------------------------------------------

  async prepare(signal: AbortSignal): Promise<void> {
    await this.#enter("prepare", signal);
  }

  async facts(signal: AbortSignal): Promise<EngineFacts> {
    await this.#enter("facts", signal);
    return {
      name: "fake",
      version: "1",
      apiVersion: "1.52",
      system: "Fake Linux",
      kernel: "6.1",
      labels: [],
      cpuCount: 4,
      memoryMiB: 16_384,
      architecture: "amd64",
    };
  }

  async memory(signal: AbortSignal): Promise<EngineMemory> {
    await this.#enter("memory", signal);
    return this.#state.memory;
  }

  async findImage(image: ImageReference, signal: AbortSignal): Promise<ResolvedImage | null> {
    await this.#enter(`findImage ${formatImageReference(image)}`, signal);
    const found = this.#state.images.get(keyOf(image));
    return found === undefined ? null : toResolved(found);
  }

  async listImages(signal: AbortSignal): Promise<readonly MachineImage[]> {
    await this.#enter("listImages", signal);
    return [...this.#state.images].map(([name]) => ({ name, createdAtMs: 0, sizeBytes: 0 }));
  }

  async resolveDigest({ image }: PullRequest, signal: AbortSignal): Promise<string> {
    await this.#enter(`resolveDigest ${formatImageReference(image)}`, signal);
    const failure = this.#state.resolveFailures.shift();
    if (failure !== undefined) throw failure;
    const digest = this.#state.registry.get(keyOf(image))?.digest ?? null;
    if (digest === null) throw unknownImage(image, this.#state.registry);
    return digest;
  }

  async pullImage({ image, onProgress }: PullRequest, signal: AbortSignal): Promise<ResolvedImage> {
    await this.#enter(`pullImage ${formatImageReference(image)}`, signal);
    const failure = this.#state.pullFailures.shift();
    if (failure !== undefined) throw failure;
    const found = this.#state.registry.get(keyOf(image));
    if (found === undefined) throw unknownImage(image, this.#state.registry);
    const reference = keyOf(pinned(image, found));
    if (!this.#hasImage(found.imageId)) this.#state.pulledIds.add(found.imageId);
    this.#state.images.set(reference, found);
    onProgress?.({ currentBytes: found.sizeBytes, totalBytes: found.sizeBytes });
    return toResolved(found);
  }

  async protectImage(imageId: string, releaseKey: string, signal: AbortSignal): Promise<void> {
    await this.#enter(`protectImage ${releaseKey}`, signal);
    if (!this.#hasImage(imageId)) throw new ImagePullError("not-found", `no such image: ${imageId}`);
    this.#state.releases.set(releaseKey, imageId);
  }

  async collectImages(keep: ReadonlySet<string>, signal: AbortSignal): Promise<{ readonly removed: number }> {
    await this.#enter("collectImages", signal);
    const { releases, images, pulledIds } = this.#state;
    const stale = [...releases].filter(([key]) => !keep.has(key));
    for (const [key] of stale) releases.delete(key);
    const isNeeded = (imageId: string) => [...releases.values()].includes(imageId) || this.#isInUse(imageId);
    const gone = new Set(
      stale.map(([, imageId]) => imageId).filter((id) => pulledIds.has(id) && !isNeeded(id)),
    );
    for (const [key, image] of images) if (gone.has(image.imageId)) images.delete(key);
    for (const imageId of gone) pulledIds.delete(imageId);
    return { removed: gone.size };
  }

  async startInstance(spec: InstanceSpec, signal: AbortSignal): Promise<RunningInstance> {
    await this.#enter(`startInstance ${spec.instanceId}`, signal);
    await this.#passGate(signal);
    const existing = this.#state.instances.get(spec.instanceId);
    if (existing !== undefined) return { address: existing.address, port: existing.spec.port };
    const image = this.#imageById(spec.imageId);
    const failure = this.#state.startFailures.shift() ?? (image === undefined ? noSuchImage(spec) : null);
    if (failure !== null) throw failure;
    this.#state.addressCount += 1;
    const { addressCount } = this.#state;
    const address = `10.88.${Math.floor(addressCount / 250)}.${(addressCount % 250) + 2}`;
    await spec.onAddress?.(address);
    const instance = newInstance(spec, address);
    this.#state.instances.set(spec.instanceId, instance);
    const exit = exitAtStart(spec, image);
    if (exit !== null) this.#end(instance, exit);
    return { address, port: spec.port };
  }

  async stopInstance(
    instanceId: string,
    _options: { readonly graceMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#enter(`stopInstance ${instanceId}`, signal);
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined) return;
    awaken(instance);
    const exitCode = this.#imageById(instance.spec.imageId)?.exitCodeOnStop ?? KILLED.exitCode;
    this.#end(instance, { exitCode, isOutOfMemory: false });
  }

  async removeInstance(instanceId: string, signal: AbortSignal): Promise<void> {
    await this.#enter(`removeInstance ${instanceId}`, signal);
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined) return;
    this.#end(instance, KILLED);
    this.#state.instances.delete(instanceId);
  }

  async setActivity(instanceId: string, activity: InstanceActivity, signal: AbortSignal): Promise<void> {
    await this.#enter(`setActivity ${instanceId} ${activity}`, signal);
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined || instance.exit !== null) return;
    if (activity === "freeze") instance.activity = activity;
    else awaken(instance, activity);
  }

  async readUsage(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, InstanceUsage>> {
    await this.#enter("readUsage", signal);
    const running = [...this.#state.instances].filter(
      ([instanceId, { exit }]) => exit === null && instanceIds.includes(instanceId),
    );
    return new Map(running.map(([instanceId, { usage }]) => [instanceId, usage]));
  }

  async listInstances(signal: AbortSignal): Promise<readonly EngineInstance[]> {
    await this.#enter("listInstances", signal);
    return [...this.#state.instances.values()].map((instance) => toListed(instance));
  }

  async *watch(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const queue: EngineEvent[] = [{ type: "resync" }];
    let wake = Promise.withResolvers<void>();
    const watcher: Watcher = (event) => {
      queue.push(event);
      wake.resolve();
    };
    const onAbort = () => wake.resolve();
    this.#state.watchers.add(watcher);
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        if (queue.length > 0) continue;
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    } finally {
      this.#state.watchers.delete(watcher);
      signal.removeEventListener("abort", onAbort);
    }
  }

  async *readOutput(
    instanceId: string,
    cursor: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly OutputLine[]> {
    const instance = this.#state.instances.get(instanceId);
    let read = cursor === null ? 0 : Number(cursor);
    if (instance === undefined) return;
    while (!signal.aborted) {
      const first = read + 1;
      const lines = instance.output.slice(read).map((line, index) => toOutputLine(line, first + index));
      read += lines.length;
      if (lines.length > 0) yield lines;
      if (instance.output.length > read) continue;
      if (instance.exit !== null) return;
      await this.#nextOutput(signal);
    }
  }

  // -----------------------------------------------------------------------------------------------------------------

  async #enter(call: string, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.#state.unavailable !== null) {
      throw new SlipwayError("EngineUnavailable", { problem: this.#state.unavailable });
    }
    this.#state.calls.push(call);
  }

  async #passGate(signal: AbortSignal): Promise<void> {
    if (this.#state.startGate === null) return;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#state.startGate, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #nextOutput(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { outputWaiters } = this.#state;
    const wake = () => resolve();
    outputWaiters.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    await promise;
    outputWaiters.delete(wake);
    signal.removeEventListener("abort", wake);
  }

  #end(instance: FakeInstance, exit: InstanceExit, isSilent = false): void {
    if (instance.exit !== null) return;
    instance.exit = exit;
    if (!isSilent) this.#emit({ type: "exited", instanceId: instance.spec.instanceId, exit });
    this.#wakeReaders();
  }

  #emit(event: EngineEvent): void {
    for (const watcher of this.#state.watchers) watcher(event);
  }

  #wakeReaders(): void {
    for (const wake of this.#state.outputWaiters) wake();
  }

  #instance(instanceId: string): FakeInstance {
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined)
      throw new Error(`the test names an instance that is not there: ${instanceId}`);
    return instance;
  }

  #imageById(imageId: string): FakeImage | undefined {
    return [...this.#state.images.values()].find((image) => image.imageId === imageId);
  }

  #hasImage(imageId: string): boolean {
    return this.#imageById(imageId) !== undefined;
  }

  #isInUse(imageId: string): boolean {
    return [...this.#state.instances.values()].some(({ spec }) => spec.imageId === imageId);
  }
}

function newInstance(spec: InstanceSpec, address: string): FakeInstance {
  const usage = { cpuMs: 100, memoryMiB: 40 };
  return { spec, address, exit: null, activity: "run", usage, requestCount: 0, waiting: [], output: [] };
}

function awaken(instance: FakeInstance, activity: Exclude<InstanceActivity, "freeze"> = "run"): void {
  instance.activity = activity;
  for (const answer of instance.waiting.splice(0)) answer();
}

function toListed({ spec, address, exit }: FakeInstance): EngineInstance {
  const { instanceId, serviceId, releaseNumber, port } = spec;
  const identity = { instanceId, serviceId, releaseNumber };
  if (exit !== null) return { ...identity, state: "exited", exit };
  return { ...identity, state: "running", address, port };
}

function toOutputLine(line: FakeInstance["output"][number], number: number): OutputLine {
  return { ...line, cursor: String(number) };
}

function keyOf(image: ImageReference): string {
  const { registry, repository, digest } = image;
  return formatImageReference(digest === undefined ? image : { registry, repository, digest });
}

function pinned(
  { registry, repository }: ImageReference,
  { digest, imageId }: ResolvedImage,
): ImageReference {
  return { registry, repository, digest: digest ?? imageId };
}

/** Ids come from the name, so that they are the same in each run. */
function completeImage(name: string, image: Partial<FakeImage>): FakeImage {
  const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
  return {
    imageId: sha256(`image ${name}`),
    digest: sha256(`digest ${name}`),
    architecture: "amd64",
    exposedPorts: [8080],
    sizeBytes: 10 * MIB,
    executables: null,
    exitCodeOnStop: 0,
    exitCodeAtStart: null,
    ...image,
  };
}

function toResolved({ imageId, digest, architecture, exposedPorts, sizeBytes }: FakeImage): ResolvedImage {
  return { imageId, digest, architecture, exposedPorts, sizeBytes };
}

/** A registry is reachable when a test has pushed something to it. */
function unknownImage(image: ImageReference, registry: ReadonlyMap<string, FakeImage>): ImagePullError {
  const isReachable = [...registry.keys()].some((name) => name.startsWith(`${image.registry}/`));
  return new ImagePullError(
    isReachable ? "not-found" : "unreachable",
    `The image ${formatImageReference(image)} cannot be pulled.`,
  );
}

function noSuchImage({ imageId }: InstanceSpec): InstanceStartError {
  return new InstanceStartError("no-such-image", `The image ${imageId} is not there.`);
}

/** As with an init, which finds out that a program is missing only when it runs itself. */
function exitAtStart({ command }: InstanceSpec, image: FakeImage | undefined): InstanceExit | null {
  const program = command?.[0] ?? null;
  const { executables = null, exitCodeAtStart = null } = image ?? {};
  if (program !== null && executables?.includes(program) === false) {
    const startProblem = `The image has no executable "${program}".`;
    return { exitCode: NOT_FOUND, isOutOfMemory: false, startProblem };
  }
  return exitCodeAtStart === null ? null : { exitCode: exitCodeAtStart, isOutOfMemory: false };
}
