/**
 * What the heart needs from whatever runs containers. Implementations: Docker (`engine/`), and a fake for unit tests;
 * both pass `container-engine.contract.ts`.
 *
 * Every act is idempotent under the instance's id: repeating it after a crash does no harm and gives the same answer.
 * Every call takes a signal and ends when it is aborted.
 */
import type { ImageReference } from "../domain/image-reference.ts";
import type { InstanceActivity, InstanceSandbox } from "../domain/instance.ts";

export interface ContainerEngine {
  /** Makes networks, firewall rules and the sandbox pool ready. Throws EngineUnavailable with what to do. Idempotent. */
  prepare(signal: AbortSignal): Promise<void>;
  facts(signal: AbortSignal): Promise<EngineFacts>;
  /** Memory of the machine as it is now: what more instances could take without harm to the others. */
  memory(signal: AbortSignal): Promise<EngineMemory>;

  /** The image as this engine holds it now, or null. Never asks a registry. */
  findImage(image: ImageReference, signal: AbortSignal): Promise<ResolvedImage | null>;
  /** Every name of every image here, without those that are only ours. */
  listImages(signal: AbortSignal): Promise<readonly MachineImage[]>;
  /** The digest that the registry has for the name now. Pulls nothing. Throws ImagePullError. */
  resolveDigest(request: PullRequest, signal: AbortSignal): Promise<string>;
  /** Asks the registry and pulls what is missing. Throws ImagePullError. */
  pullImage(request: PullRequest, signal: AbortSignal): Promise<ResolvedImage>;
  /**
   * Marks an image as used by a release of ours, so that it survives `docker image prune` and our own collection.
   * Throws ImagePullError ("not-found") when it is not there.
   */
  protectImage(imageId: string, releaseKey: string, signal: AbortSignal): Promise<void>;
  /**
   * Gives up the protection of every release key that is not in `keep`, and removes the images that nobody needs any
   * more. Images that somebody else named stay, so do those pulled and not yet protected. `removed` counts images that
   * left the engine; one that a container still uses is taken the next time.
   */
  collectImages(keep: ReadonlySet<string>, signal: AbortSignal): Promise<{ readonly removed: number }>;

  /**
   * Creates and starts the instance unless it exists. One that has ended is not started again: its exit is in the list.
   * Throws InstanceStartError when the container cannot start, and leaves nothing behind then. A program that cannot be
   * run may also be found out only afterwards: then the instance's exit has a `startProblem`.
   */
  startInstance(spec: InstanceSpec, signal: AbortSignal): Promise<RunningInstance>;
  /**
   * Sends SIGTERM (the image's STOPSIGNAL, where it names one), after the grace time SIGKILL; returns once it is
   * stopped. One that is frozen or throttled runs again first. A missing instance is fine.
   */
  stopInstance(instanceId: string, options: { readonly graceMs: number }, signal: AbortSignal): Promise<void>;
  /**
   * What the processes of the instance get from now on; it stays "running" in the list. A frozen one keeps its memory and
   * its connections, and answers what was sent meanwhile once it runs again. Quick, without asking the engine where that
   * has been done before. Nothing remembers the activity: after a crash, set it again. A missing or ended instance is fine.
   */
  setActivity(instanceId: string, activity: InstanceActivity, signal: AbortSignal): Promise<void>;
  /** What running instances have used; those that are missing or have ended are absent. Cheap: may be asked each second. */
  readUsage(instanceIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, InstanceUsage>>;
  /** Removes what is left of the instance (container, sandbox). A missing instance is fine; a running one is killed. */
  removeInstance(instanceId: string, signal: AbortSignal): Promise<void>;
  /** All instances with this installation's label, running or not. */
  listInstances(signal: AbortSignal): Promise<readonly EngineInstance[]>;
  /**
   * Exits, as they happen. Yields `resync` first and after each reconnect: the reader must then list instances,
   * since events in between may be lost. Ends only when the signal is aborted.
   */
  watch(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /**
   * Output of an instance from a cursor on (null: from the start), following it. Ends when the container is stopped and
   * everything has been read, or on abort. Each line's cursor resumes right after it: nothing lost, nothing twice.
   */
  readOutput(instanceId: string, cursor: string | null, signal: AbortSignal): AsyncIterable<OutputBatch>;
}

export interface EngineFacts {
  readonly name: string;
  readonly version: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly architecture: string;
  /** The newest that it speaks. */
  readonly apiVersion: string;
  /** The operating system, as its makers call it. */
  readonly system: string;
  readonly kernel: string;
  /** `name=value`, as its configuration has them. */
  readonly labels: readonly string[];
}

export interface EngineMemory {
  readonly totalMiB: number;
  /** Free, or held only by caches that can be given up. */
  readonly availableMiB: number;
}

/** Not rounded. */
export interface InstanceUsage {
  /** Processor time of all its processes since it was started. */
  readonly cpuMs: number;
  /** Working set: without what the kernel can take back at once. */
  readonly memoryMiB: number;
}

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface PullRequest {
  readonly image: ImageReference;
  readonly credentials?: RegistryCredentials;
  /** Called at most a few times a second; total is 0 while unknown. */
  readonly onProgress?: (progress: { readonly currentBytes: number; readonly totalBytes: number }) => void;
}

export interface ResolvedImage {
  /** Content address of the image on this engine (`sha256:…`): what an instance is started from. */
  readonly imageId: string;
  /** Registry digest (`sha256:…`), or null for an image that only this engine has. */
  readonly digest: string | null;
  readonly architecture: string;
  readonly exposedPorts: readonly number[];
  readonly sizeBytes: number;
}

export interface MachineImage {
  /** `repository:tag`, as people write it on this machine. */
  readonly name: string;
  readonly createdAtMs: number;
  readonly sizeBytes: number;
}

export interface InstanceSpec {
  /** 32 lower-case hex; names the container and its sandbox. */
  readonly instanceId: string;
  readonly serviceId: string;
  readonly releaseNumber: number;
  readonly imageId: string;
  /** Argument array that replaces the image's command, or null to keep it. */
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** Thousandths of a core. */
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** It has a role, and reaches the instance door: nobody else does. */
  readonly reachesDoor?: boolean;
  /** Absent: container. One that the engine does not have fails the start. */
  readonly sandbox?: InstanceSandbox;
  /** 32 hex of the VPC connector whose networks are all that it may reach. Absent: the internet. */
  readonly connectorId?: string;
  /** Names that lead to the edge's internal listener for it. */
  readonly connectedNames?: readonly string[];
  /** Called with its address before anything of it runs; what it throws fails the start. */
  readonly onAddress?: (address: string) => Promise<void>;
}

export interface RunningInstance {
  /** Address the edge reaches the instance at. */
  readonly address: string;
  readonly port: number;
}

export type EngineInstance = {
  readonly instanceId: string;
  readonly serviceId: string;
  readonly releaseNumber: number;
} & (
  | { readonly state: "running"; readonly address: string; readonly port: number }
  | { readonly state: "created" }
  | { readonly state: "exited"; readonly exit: InstanceExit }
);

export interface InstanceExit {
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  /** It was killed: it wrote more into its own files than it may. */
  readonly isDiskFull?: true;
  /** Its program never ran, for this reason: a sentence that says what to do. It started, as far as the engine knew. */
  readonly startProblem?: string;
  /** It ended with its surroundings: Slipway, the engine or the machine was stopped. Known to the list only. */
  readonly wasStopped?: boolean;
}

export type EngineEvent =
  | { readonly type: "resync" }
  | { readonly type: "exited"; readonly instanceId: string; readonly exit: InstanceExit };

export interface OutputLine {
  readonly stream: "stdout" | "stderr";
  /** Epoch milliseconds. */
  readonly timestampMs: number;
  /** Without its newline; split by us above 256 KiB. */
  readonly text: string;
  /** Opaque; pass to `readOutput` to go on after this line. */
  readonly cursor: string;
}

/** Lines that were read together, in their order. Good until the next batch is asked for; its lines stay good. */
export interface OutputBatch extends Iterable<OutputLine> {
  readonly length: number;
  /** The same where nothing was made of them yet: for whoever keeps them as JSON. */
  readonly escaped?: EscapedLines;
}

/** Lines by their numbers, from 0. */
export interface EscapedLines {
  readonly length: number;
  /** Holds each text in UTF-8 as `JSON.stringify` writes it, without the quotes, and other things between them. */
  readonly bytes: Buffer;
  /** Where the text of a line begins. */
  begin(index: number): number;
  end(index: number): number;
  timestampMs(index: number): number;
  stream(index: number): OutputLine["stream"];
  cursor(index: number): string;
}

/** The image cannot be had. `problem` decides the sentence in the operation's cause. */
export class ImagePullError extends Error {
  override readonly name = "ImagePullError";
  readonly problem:
    | "not-found"
    | "unauthorized"
    /** Not the registry but the service's access role keeps the image from it. */
    | "role"
    /** The name leads where no registry is asked. */
    | "place"
    | "unreachable"
    | "platform"
    | "disk-full"
    | "other";

  constructor(problem: ImagePullError["problem"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
  }
}

/** The engine refused to start the container: missing executable, bad command, no memory. */
export class InstanceStartError extends Error {
  override readonly name = "InstanceStartError";
  readonly problem:
    | "command-not-found"
    | "not-executable"
    | "exec-format"
    | "no-such-image"
    | "no-memory"
    | "other";

  constructor(
    problem: InstanceStartError["problem"],
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.problem = problem;
  }
}
