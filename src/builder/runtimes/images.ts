/**
 * The engine's images as this module needs them. Every act is whole or did not happen: an image gets its name only when
 * it is complete.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { EngineApi } from "../buildkit/engine-api.ts";
import { orAborted } from "../../domain/or-aborted.ts";
import { readBuild, readOnlyFile, readToEnd, statusOf } from "./engine-answers.ts";

const CALL_DEADLINE_MS = 30_000;
/** Installing a JDK over a slow line. */
const BUILD_DEADLINE_MS = 20 * 60_000;
const NOT_FOUND = 404;
const IN_USE = 409;
/** What older engines say of an image without a name. */
const NO_NAME = "<none>:<none>";

export interface FoundImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
}

export class Images {
  readonly #docker: Docker;
  readonly #engine: EngineApi;

  constructor(socketPath: string) {
    this.#engine = new EngineApi(socketPath);
    this.#docker = new Docker({ socketPath, version: "v1.41" });
  }

  /** A label is `key` or `key=value`. */
  async list(label: string, signal: AbortSignal): Promise<readonly FoundImage[]> {
    const images = await this.#call(signal, () => this.#docker.listImages({ filters: { label: [label] } }));
    return images.map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== NO_NAME),
      labels: image.Labels ?? {},
      sizeBytes: image.Size,
      createdAtMs: image.Created * 1_000,
    }));
  }

  async find(
    name: string,
    signal: AbortSignal,
  ): Promise<Pick<FoundImage, "id" | "labels" | "createdAtMs"> | null> {
    try {
      const { Id, Config, Created } = await this.#call(signal, () => this.#docker.getImage(name).inspect());
      return { id: Id, labels: Config.Labels ?? {}, createdAtMs: Date.parse(Created) };
    } catch (error) {
      if (statusOf(error) === NOT_FOUND) return null;
      throw error;
    }
  }

  async tag(image: string, name: string, signal: AbortSignal): Promise<void> {
    const { repository, tag } = splitName(name);
    await this.#call(signal, () => this.#docker.getImage(image).tag({ repo: repository, tag }));
  }

  /** By name or id. The image goes with its last name, unless something uses it. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#call(signal, () => this.#docker.getImage(name).remove());
    } catch (error) {
      if (![NOT_FOUND, IN_USE].includes(statusOf(error) ?? 0)) throw error;
    }
  }

  /** Asks the image's registry, through the engine, whether it has the image. Throws when it gives no answer. */
  async askRegistry(name: string, deadlineMs: number, signal: AbortSignal): Promise<void> {
    await this.#call(signal, () => this.#docker.getImage(name).distribution(), deadlineMs);
  }

  async pull(name: string, signal: AbortSignal): Promise<void> {
    const stream = await this.#call(signal, (abortSignal) => this.#docker.pull(name, { abortSignal }));
    await readToEnd(stream as Readable);
  }

  /** A root file system becomes an image. */
  async import(
    archivePath: string,
    name: string,
    changes: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { repository, tag } = splitName(name);
    const stream = await this.#call(
      signal,
      (abortSignal) =>
        this.#docker.importImage(createReadStream(archivePath), {
          repo: repository,
          tag,
          changes: changes.join("\n"),
          abortSignal,
        }),
      BUILD_DEADLINE_MS,
    );
    await readToEnd(stream as Readable);
  }

  /** Builds one stage of a context that holds its `Dockerfile`; returns the id of an image without a name. */
  async build(
    contextPath: string,
    { stage, isFresh }: { readonly stage: string; readonly isFresh: boolean },
    signal: AbortSignal,
  ): Promise<string> {
    const either = AbortSignal.any([signal, AbortSignal.timeout(BUILD_DEADLINE_MS)]);
    // Not by dockerode, which opens a session of its own for BuildKit.
    const query = { version: "2", target: stage, nocache: isFresh ? "1" : "0" };
    const answer = await this.#engine.upload(either, "/build", query, contextPath);
    return await readBuild(answer);
  }

  /** Text of a file of an image; nothing of the image runs. */
  async readFile(image: string, path: string, signal: AbortSignal): Promise<string> {
    return await this.#withContainer(image, signal, async (container) => {
      const archive = await this.#call(signal, () => container.getArchive({ path }));
      return await readOnlyFile(archive as Readable);
    });
  }

  /** The same image with labels, under this name. */
  async publish(
    image: string,
    name: string,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { repository, tag } = splitName(name);
    const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`);
    await this.#withContainer(image, signal, (container) =>
      this.#call(signal, () => container.commit({ repo: repository, tag, changes: changes.join("\n") })),
    );
  }

  /** A container that never starts. One that a crash left goes first. */
  async #withContainer<T>(
    image: string,
    signal: AbortSignal,
    act: (container: Docker.Container) => Promise<T>,
  ): Promise<T> {
    const name = `slipway-runtime-${image.slice(-12)}`;
    await this.#docker
      .getContainer(name)
      .remove({ force: true })
      .catch(() => undefined);
    const container = await this.#call(signal, () => this.#docker.createContainer({ name, Image: image }));
    try {
      return await act(container);
    } finally {
      await container.remove({ force: true }).catch(() => undefined);
    }
  }

  async #call<T>(
    signal: AbortSignal,
    act: (abortSignal: AbortSignal) => Promise<T>,
    deadlineMs = CALL_DEADLINE_MS,
  ): Promise<T> {
    const either = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    return await orAborted(act(either), either);
  }
}

/** Our names have one colon, before the tag, or a registry's port besides. */
function splitName(name: string): { readonly repository: string; readonly tag: string } {
  const colon = name.lastIndexOf(":");
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
}
