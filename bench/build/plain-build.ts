/**
 * What the engine alone takes for the same Dockerfile: `POST /build?version=2` with the source as a tar. No session, no
 * limits, nothing looked after.
 */
import type Docker from "dockerode";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pack, type Pack } from "tar-stream";
import { planBuild } from "../../src/builder/plan-build.ts";
import { LocalRuntimeBases } from "../../src/builder/runtimes/local-runtime-bases.ts";
import { DirectoryTree } from "../../src/builder/source-tree.ts";
import { stopwatch } from "../support/stopwatch.ts";
import type { Files } from "./example.ts";

export interface PlainBuilderOptions {
  readonly docker: Docker;
  readonly socketPath: string;
  /** For files of its own. */
  readonly directory: string;
  /** The control plane's: base images are made for the settings found there. */
  readonly environment: NodeJS.ProcessEnv;
}

export class PlainBuilder {
  readonly #options: PlainBuilderOptions;
  readonly #bases: LocalRuntimeBases;

  constructor(options: PlainBuilderOptions) {
    const { socketPath, directory, environment } = options;
    this.#options = options;
    this.#bases = new LocalRuntimeBases({ socketPath, environment, workDirectory: join(directory, "bases") });
  }

  /** The Dockerfile that Slipway makes for these files. Makes the base images where they are missing. */
  async dockerfileFor(files: Files, cacheScope: string): Promise<string> {
    const directory = await mkdtemp(join(this.#options.directory, "tree-"));
    try {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), content);
      }
      const { dockerfile } = await planBuild(
        await DirectoryTree.open(directory),
        {
          source: SOURCE,
          dockerfile: null,
          cacheScope,
          secretIds: [],
          today: "2026-01-01",
          report: (line) => process.stderr.write(`${line}\n`),
          signal: new AbortController().signal,
        },
        this.#bases,
      );
      return dockerfile;
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  /** Milliseconds from the call to the finished image, which is removed then; its layers stay in BuildKit's cache. */
  async measure(files: Files, dockerfile: string): Promise<number> {
    const { docker } = this.#options;
    const since = stopwatch();
    const answer = await this.#send({ ...files, [DOCKERFILE]: dockerfile });
    const imageId = imageIdIn(await text(answer));
    const tookMs = since();
    await docker.getImage(imageId).remove();
    return tookMs;
  }

  /** dockerode would open a session. */
  #send(files: Files): Promise<IncomingMessage> {
    const { socketPath } = this.#options;
    return new Promise((resolve, reject) => {
      const call = request({
        socketPath,
        method: "POST",
        path: `/v1.41/build?version=2&rm=1&dockerfile=${DOCKERFILE}`,
        headers: { host: "docker", "content-type": "application/x-tar" },
      });
      call.on("response", resolve).on("error", reject);
      tarOf(files).pipe(call);
    });
  }
}

const DOCKERFILE = "Dockerfile.bench";
const SOURCE = {
  kind: "code",
  repositoryUrl: "slipway://bench",
  branch: "main",
  sourceDirectory: "/",
  configurationSource: "REPOSITORY",
  values: null,
} as const;

function tarOf(files: Files): Pack {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  return tar;
}

interface AnswerLine {
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
  /** Of an answer that refuses. */
  readonly message?: string;
}

function imageIdIn(answer: string): string {
  const lines = answer
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as AnswerLine);
  const image = lines.find(({ id }) => id === "moby.image.id");
  if (image !== undefined) return (image.aux as { readonly ID: string }).ID;
  const problem = lines.map(({ error, message }) => error ?? message).find((one) => one !== undefined);
  throw new Error(`the plain build failed: ${problem ?? "no image"}`);
}
