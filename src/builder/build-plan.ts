/**
 * What is to be built, as data: the text of a Dockerfile and everything around it. Nothing of it depends on time, chance
 * or the network; the same tree, request and bases give the same plan.
 */
import type { CodeSource, RunSettings } from "../domain/code-source.ts";
import type { BuildLine, DockerfileBuild } from "../ports/builder.ts";

export interface PlanRequest {
  readonly source: CodeSource;
  /** Null: a managed runtime. */
  readonly dockerfile: DockerfileBuild | null;
  /** Whose caches of package managers are used: builds of different scopes never share one. */
  readonly cacheScope: string;
  /** Of the secrets that commands of the build may read. */
  readonly secretIds: readonly string[];
  /** `2026-04-30`: decides whether a runtime is past its end of support. */
  readonly today: string;
  /** Told what is done to get the runtime's images. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BuildPlan {
  /** Text of the Dockerfile to build with (generated for a managed runtime, the user's own otherwise). */
  readonly dockerfile: string;
  readonly target: string | null;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Stage name in the Dockerfile → the prefix its output gets; anything else is "Build". */
  readonly partOfStage: Readonly<Record<string, BuildLine["part"]>>;
  /** Lines of the user's ignore file for Dockerfile builds; none otherwise, for App Runner copies the whole repository. */
  readonly ignore: readonly string[];
  /** Directory, relative to the tree, that is the context: "." for managed runtimes. */
  readonly contextDirectory: string;
  readonly run: PlannedRun;
  /** Said aloud in the log: end of support, what was detected … */
  readonly remarks: readonly string[];
}

/** `port` null: what the finished image says, see `portOfImage`. */
export type PlannedRun = Omit<RunSettings, "port"> & { readonly port: string | null };

/** Where nobody says otherwise. [App Runner] */
export const DEFAULT_PORT = "8080";

/**
 * The port of an image that was built from the user's own Dockerfile, from its configuration's `ExposedPorts`
 * (`3000/tcp` → {}): 8080 when it is among them, else the lowest TCP port, else 8080.
 */
export function portOfImage(exposedPorts: Readonly<Record<string, unknown>> | null | undefined): string {
  const ports = Object.keys(exposedPorts ?? {}).flatMap((port) => {
    const [, digits] = /^(\d{1,5})(?:\/tcp)?$/.exec(port) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
  if (ports.length === 0 || ports.includes(Number(DEFAULT_PORT))) return DEFAULT_PORT;
  return String(Math.min(...ports));
}
