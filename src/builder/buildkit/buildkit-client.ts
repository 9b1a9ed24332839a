/**
 * One build by the engine's BuildKit: `POST /build?version=2` with a session that serves the source, the Dockerfile and
 * the secrets. Nothing keeps running when it is given up, also when this process dies: the engine ends a build whose
 * connection is closed.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { BuildError } from "../../ports/builder.ts";
import { readContext, type ContextLimits } from "./build-context.ts";
import { assertNoRemoteSources } from "./dockerfile-check.ts";
import { EngineRefusal, type EngineApi } from "./engine-api.ts";
import { diskDirectory, singleFile } from "./file-sync.ts";
import { decodeProgress, type Progress } from "./progress.ts";
import { ProtobufError } from "./protobuf.ts";
import { Session } from "./session.ts";

export interface BuildKitRequest {
  readonly treeDirectory: string;
  /** Relative to the tree. */
  readonly contextDirectory: string;
  readonly ignore: readonly string[];
  readonly contextLimits?: ContextLimits;
  readonly dockerfile: string;
  readonly target: string | null;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Id in `RUN --mount=type=secret,id=…` → content. */
  readonly secrets?: Readonly<Record<string, Buffer>>;
  /** Commands share their results in the engine's cache with builds of the same scope alone; null: with all such. */
  readonly cacheScope?: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly onProgress: (progress: Progress) => void;
}

/** The engine's own words; what they mean is decided where more is known. */
export class BuildRefused extends Error {
  override readonly name = "BuildRefused";
}

const CANCEL_DEADLINE_MS = 5_000;
const LINE_CHARACTERS_MAX = 64 * 1_024 * 1_024;
const DOCKERFILE = "Dockerfile";
/** Nobody has it. (RFC 2606) */
const SCOPE_DOMAIN = "build.invalid";

interface AnswerLine {
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/**
 * Returns the image's id. Throws BuildRefused when the engine ends the build with an error, BuildError when the source or
 * the engine is at fault, the signal's reason when it is aborted.
 */
export async function buildImage(
  engine: EngineApi,
  request: BuildKitRequest,
  signal: AbortSignal,
): Promise<string> {
  assertNoRemoteSources(request.dockerfile);
  const { directory, entries } = await readContext(request, signal);
  const content = {
    context: diskDirectory(directory, entries),
    dockerfile: singleFile(DOCKERFILE, Buffer.from(request.dockerfile)),
    secrets: request.secrets ?? {},
  };
  return await translated(signal, async () => {
    const address = { socketPath: engine.socketPath, apiVersion: await engine.apiVersion(signal) };
    const session = await Session.open(address, content, signal);
    try {
      return await runBuild(engine, request, session.id, signal);
    } finally {
      session.close();
    }
  });
}

async function runBuild(
  engine: EngineApi,
  request: BuildKitRequest,
  sessionId: string,
  signal: AbortSignal,
): Promise<string> {
  const buildId = randomBytes(16).toString("hex");
  try {
    const answer = await engine.open(signal, "POST", "/build", toQuery(request, sessionId, buildId));
    return await followBuild(answer, request.onProgress);
  } catch (error) {
    if (!(error instanceof BuildRefused)) await cancel(engine, buildId);
    throw error;
  }
}

/**
 * The engine knows a command's result by all that the command sees but the content of its secrets. One name more that each
 * command can look up, in no layer, makes it another command.
 */
function toQuery(request: BuildKitRequest, sessionId: string, buildId: string) {
  const { cacheScope: scope = null } = request;
  return {
    version: "2",
    remote: "client-session",
    session: sessionId,
    buildid: buildId,
    dockerfile: DOCKERFILE,
    rm: "1",
    buildargs: JSON.stringify(request.buildArguments),
    labels: JSON.stringify(request.labels),
    ...(scope === null ? {} : { extrahosts: `${scope}.${SCOPE_DOMAIN}:127.0.0.1` }),
    ...(request.target === null ? {} : { target: request.target }),
  };
}

async function followBuild(
  answer: IncomingMessage,
  onProgress: (progress: Progress) => void,
): Promise<string> {
  let imageId: string | null = null;
  for await (const line of jsonLines(answer)) {
    const problem = line.errorDetail?.message ?? line.error;
    if (problem !== undefined) throw new BuildRefused(problem);
    if (line.id === "moby.buildkit.trace") tellProgress(line.aux, onProgress);
    if (line.id === "moby.image.id") imageId = (line.aux as { readonly ID: string }).ID;
  }
  if (imageId === null)
    throw new BuildError("engine", "The engine ended the build without an image; was it restarted?");
  return imageId;
}

/** Progress that cannot be read is no reason to fail a build. */
function tellProgress(aux: unknown, onProgress: (progress: Progress) => void): void {
  if (typeof aux !== "string") return;
  let progress: Progress;
  try {
    progress = decodeProgress(aux);
  } catch (error) {
    if (error instanceof ProtobufError) return;
    throw error;
  }
  onProgress(progress);
}

async function* jsonLines(answer: IncomingMessage): AsyncGenerator<AnswerLine> {
  let rest = "";
  for await (const chunk of answer.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LINE_CHARACTERS_MAX) throw new BuildError("engine", "The engine's answer has no end.");
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as AnswerLine;
  }
}

/** The closed connection ends the build as well; this is for engines that are slow to see it. */
async function cancel(engine: EngineApi, buildId: string): Promise<void> {
  try {
    await engine.call(AbortSignal.timeout(CANCEL_DEADLINE_MS), "POST", "/build/cancel", {
      query: { id: buildId },
    });
  } catch {
    // Over already, or the engine is gone.
  }
}

async function translated<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError || error instanceof BuildRefused) throw error;
    if (error instanceof EngineRefusal) throw new BuildRefused(error.message, { cause: error });
    throw new BuildError("engine", `The engine broke off the build: ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
