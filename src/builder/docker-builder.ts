/**
 * Source tree → image, with the BuildKit of the Docker Engine: waits for its turn, plans, builds within bounds, says what
 * went wrong. What a build is made of (`BuildPlan`) is decided elsewhere; here it is carried out.
 */
import { BuildError, type Builder, type BuildRequest, type BuiltImage } from "../ports/builder.ts";
import { portOfImage, type BuildPlan } from "./build-plan.ts";
import { BuildCache, BUILT_BY_LABEL } from "./buildkit/build-cache.ts";
import { toBuildError } from "./buildkit/build-failure.ts";
import { BuildGuards, type Report } from "./buildkit/build-guards.ts";
import { defaultBuildLimits, type BuildLimits } from "./buildkit/build-limits.ts";
import { BuildOutput } from "./buildkit/build-output.ts";
import { BuildQueue } from "./buildkit/build-queue.ts";
import { buildImage, BuildRefused, messageOf } from "./buildkit/buildkit-client.ts";
import { EngineApi } from "./buildkit/engine-api.ts";
import { NetworkGuard } from "./buildkit/network-guard.ts";
import type { Progress } from "./buildkit/progress.ts";
import { SecretMask } from "../domain/secret-mask.ts";
import { cleanLine } from "./buildkit/text-lines.ts";
import { planBuild } from "./plan-build.ts";
import { orAborted } from "../domain/or-aborted.ts";
import { labels as baseLabels } from "./runtimes/base-image.ts";
import type { RuntimeBases } from "./runtimes/runtime-bases.ts";
import { DirectoryTree } from "./source-tree.ts";

export interface DockerBuilderOptions {
  /** Path of the engine's unix socket. */
  readonly socketPath: string;
  /** Id of this installation, 8 to 64 lower-case hex digits: two installations share an engine without meeting. */
  readonly ownerId: string;
  readonly bases: RuntimeBases;
  /** What differs from `defaultBuildLimits`. */
  readonly limits?: Partial<BuildLimits>;
  /** The engine's `--cgroup-parent`; `docker` unless given. */
  readonly cgroupParent?: string;
  /** Whose proxy variables builds get; the process's own unless given. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly report?: Report;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Known to every Dockerfile, in no layer and no history. */
const PROXY_ARGUMENTS = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
/** Sources that the engine itself would fetch from the host's network; a base image's ONBUILD can ask for them too. */
const REMOTE_SOURCE = /^(?:https?|git|ssh):\/\//;

export class DockerBuilder implements Builder {
  readonly #options: DockerBuilderOptions;
  readonly #limits: BuildLimits;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #report: Report;
  readonly #now: () => number;
  readonly #engine: EngineApi;
  readonly #network: NetworkGuard;
  readonly #queue: BuildQueue;
  readonly #cache: BuildCache;
  readonly #closed = new AbortController();
  #trimming: Promise<void> = Promise.resolve();
  /** Of the guards of builds that went well. */
  #ending: Promise<unknown> = Promise.resolve();

  constructor(options: DockerBuilderOptions) {
    this.#options = options;
    this.#limits = { ...defaultBuildLimits, ...options.limits };
    this.#environment = options.environment ?? process.env;
    this.#report = options.report ?? (() => undefined);
    this.#engine = new EngineApi(options.socketPath);
    this.#network = new NetworkGuard(this.#engine, options.ownerId, this.#environment);
    this.#queue = new BuildQueue(this.#limits.atOnce);
    this.#now = options.now ?? Date.now;
    this.#cache = new BuildCache(this.#engine, options.ownerId, this.#limits.cacheBytes, this.#now);
  }

  async build(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage> {
    const say = (text: string) => request.onLine({ part: "AppRunner", text });
    const onWait = (others: number) =>
      say(`Waiting for ${others} other build${others === 1 ? "" : "s"} on this machine.`);
    const either = AbortSignal.any([signal, this.#closed.signal]);
    return await this.#queue.run(request.serviceId, onWait, () => this.#run(request, either), either);
  }

  /** At the start: takes out what an earlier process left behind when it was killed. */
  async prepare(): Promise<void> {
    await this.#network.remove();
  }

  /** Ends whatever is building or waiting. */
  async close(): Promise<void> {
    this.#closed.abort(new Error("the builder was closed"));
    await this.#ending;
    await this.#trimming;
  }

  async #run(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage> {
    await orAborted(this.#trimming, signal);
    const late = AbortSignal.timeout(this.#limits.durationMs);
    const within = AbortSignal.any([signal, late]);
    try {
      return await this.#planAndBuild(request, within);
    } catch (error) {
      signal.throwIfAborted();
      throw late.aborted ? this.#lateError(error) : toEngineProblem(error);
    } finally {
      this.#trimming = this.#trimming.then(() => this.#trim());
    }
  }

  async #planAndBuild(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage> {
    const plan = await this.#plan(request, signal);
    await request.onPlan(plan.run);
    const output = new BuildOutput(request.onLine, plan.partOfStage, {
      lines: this.#limits.outputLines,
      bytes: this.#limits.outputBytes,
      mask: SecretMask.of([...Object.values(request.secrets), ...(await request.maskedValues())]),
    });
    for (const remark of plan.remarks) output.say(remark);
    const imageId = await this.#guarded(request, plan, output, signal);
    this.#cache.hold(imageId);
    return { imageId, run: { ...plan.run, port: plan.run.port ?? (await this.#portOf(imageId, signal)) } };
  }

  async #plan(request: BuildRequest, signal: AbortSignal) {
    const { serviceId, source, dockerfile, treeDirectory, onLine } = request;
    const planned = {
      source,
      dockerfile,
      cacheScope: serviceId,
      secretIds: Object.keys(request.secrets),
      today: new Date(this.#now()).toISOString().slice(0, "2026-01-01".length),
      report: (text: string) => onLine({ part: "AppRunner", text: cleanLine(text) }),
      signal,
    };
    const { bases } = this.#options;
    const plan = await planBuild(await DirectoryTree.open(treeDirectory), planned, bases);
    if (dockerfile !== null) await bases.offerPublicImages(plan, planned.report, signal);
    return plan;
  }

  async #guarded(
    request: BuildRequest,
    plan: BuildPlan,
    output: BuildOutput,
    signal: AbortSignal,
  ): Promise<string> {
    const { cgroupParent } = this.#options;
    const guards = await BuildGuards.begin(
      {
        engine: this.#engine,
        limits: this.#limits,
        network: this.#network,
        report: this.#report,
        ...(cgroupParent === undefined ? {} : { cgroupParent }),
      },
      signal,
    );
    const within = AbortSignal.any([signal, guards.signal]);
    try {
      const asked = this.#toBuildKit(request, plan, output, guards);
      const imageId = await buildImage(this.#engine, asked, within);
      this.#endLater(guards);
      return imageId;
    } catch (error) {
      // The engine's words may hold a command's.
      const told = error instanceof BuildRefused ? new BuildRefused(output.hide(error.message)) : error;
      const explained = await this.#explained(told, output, guards, signal);
      await guards.end();
      throw explained;
    }
  }

  /** Its commands have ended: nobody waits for rules, nor for what others build on this engine. */
  #endLater(guards: BuildGuards): void {
    const ended = guards.end().catch((error: unknown) => {
      this.#report("build-guards-not-ended", { problem: messageOf(error) });
    });
    this.#ending = Promise.all([this.#ending, ended]);
  }

  #toBuildKit(request: BuildRequest, plan: BuildPlan, output: BuildOutput, guards: BuildGuards) {
    return {
      treeDirectory: request.treeDirectory,
      contextDirectory: plan.contextDirectory,
      ignore: plan.ignore,
      contextLimits: { bytes: this.#limits.contextBytes, entries: this.#limits.contextEntries },
      dockerfile: plan.dockerfile,
      target: plan.target,
      buildArguments: { ...this.#proxyArguments(), ...plan.buildArguments },
      secrets: contentsOf(request),
      // What a command fetched with a service's secret is not for whoever else has the same Dockerfile.
      cacheScope: Object.keys(request.secrets).length === 0 ? null : request.serviceId,
      // What is built on a base image is none, whatever it has inherited or its Dockerfile says.
      labels: { [BUILT_BY_LABEL]: this.#options.ownerId, [baseLabels.runtime]: "" },
      onProgress: (progress: Progress) => {
        output.observe(progress);
        if (progress.vertexes.some(({ name }) => REMOTE_SOURCE.test(name))) guards.stop(remoteSource());
      },
    };
  }

  #proxyArguments(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      PROXY_ARGUMENTS.flatMap((name) => {
        const value = this.#environment[name];
        return value === undefined || value === "" ? [] : [[name, value]];
      }),
    );
  }

  async #explained(
    error: unknown,
    output: BuildOutput,
    guards: BuildGuards,
    signal: AbortSignal,
  ): Promise<unknown> {
    const logLines = output.lastLines();
    if (signal.aborted) return withLines(signal.reason, logLines);
    if (guards.signal.aborted) return withLines(guards.signal.reason, logLines);
    if (!(error instanceof BuildRefused)) return error;
    const signs = { logLines, ...(await guards.memorySigns()), memoryLimitBytes: this.#limits.memoryBytes };
    return toBuildError(error.message, signs);
  }

  #lateError(error: unknown): BuildError {
    const logLines = error instanceof BuildError ? error.logLines : [];
    const minutes = Math.max(1, Math.round(this.#limits.durationMs / 60_000));
    const message = `The build did not end within ${minutes} minute${minutes === 1 ? "" : "s"}.`;
    return new BuildError("deadline", message, { logLines, cause: error });
  }

  async #portOf(imageId: string, signal: AbortSignal): Promise<string> {
    const image = await this.#engine.call<{
      readonly Config?: { readonly ExposedPorts?: Readonly<Record<string, unknown>> | null } | null;
    }>(signal, "GET", `/images/${imageId}/json`);
    return portOfImage(image.Config?.ExposedPorts);
  }

  async #trim(): Promise<void> {
    try {
      await this.#cache.trim(this.#closed.signal);
    } catch (error) {
      if (!this.#closed.signal.aborted)
        this.#report("build-cache-not-trimmed", { problem: messageOf(error) });
    }
  }
}

function contentsOf({ secrets }: BuildRequest): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(Object.entries(secrets).map(([id, value]) => [id, Buffer.from(value)]));
}

/** An engine that is gone between two calls. */
function toEngineProblem(error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (
    error instanceof BuildError ||
    !["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE"].includes(String(code))
  )
    return error;
  return new BuildError("engine", `The container engine does not answer: ${messageOf(error)}.`, {
    cause: error,
  });
}

function remoteSource(): BuildError {
  return new BuildError(
    "configuration",
    "Dockerfile: an instruction (or ONBUILD of a base image) lets the engine fetch an address. Use RUN with curl or wget for downloads.",
  );
}

/** The last words of the build, on errors that were made where nobody knew them. */
function withLines(reason: unknown, logLines: readonly string[]): unknown {
  if (reason instanceof BuildError)
    return new BuildError(reason.problem, reason.message, { logLines, cause: reason });
  if (logLines.length === 0) return reason;
  return new BuildError("deadline", messageOf(reason), { logLines, cause: reason });
}
