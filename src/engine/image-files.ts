/**
 * Files of an image, through a container of it that is made and never started: the engine reads from that with every kind of
 * storage, and nothing of the image runs. Links are not followed: they could lead anywhere in it, and nowhere else.
 */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import type { ImageFiles } from "../ports/image-files.ts";
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { removeForgotten } from "./forgotten-containers.ts";
import { labels } from "./naming.ts";
import { removeContainer } from "./remove-container.ts";

/** Where a part of the path is a file. */
const NOT_THERE = /not a directory/i;
const READER_ROLE = "reader";
/** Longer than any reading takes. */
const READING_MS = 60_000;
/** What an entry of a tar takes besides its content: many empty files are bounded by it, too. */
const HEADER_BYTES = 512;

export class EngineImageFiles implements ImageFiles {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async read(
    imageId: string,
    paths: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Buffer[] | null> | null> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(READING_MS)]);
    await removeForgotten(this.#context, { role: READER_ROLE, olderThanMs: READING_MS }, within);
    const name = await this.#create(imageId, within);
    if (name === null) return null;
    try {
      const found = new Map<string, readonly Buffer[] | null>();
      for (const path of paths) {
        const files = await this.#readPath(name, path, maxBytes, within);
        if (files?.length !== 0) found.set(path, files);
      }
      return found;
    } finally {
      await removeContainer(this.#context, name, AbortSignal.timeout(READING_MS)).catch(() => undefined);
    }
  }

  async workingDirectory(imageId: string, signal: AbortSignal): Promise<string | null> {
    try {
      const { Config } = await this.#context.client.call(signal, (docker) =>
        docker.getImage(imageId).inspect(),
      );
      const { WorkingDir } = Config as { readonly WorkingDir?: string };
      return WorkingDir === undefined || WorkingDir === "" ? null : WorkingDir;
    } catch (error) {
      if (isRefusal(error, 404)) return null;
      throw error;
    }
  }

  async #create(imageId: string, signal: AbortSignal): Promise<string | null> {
    const { client, names } = this.#context;
    const name = names.readerContainer(randomBytes(6).toString("hex"));
    try {
      await client.call(signal, (docker) =>
        docker.createContainer({
          name,
          Image: imageId,
          Entrypoint: ["/never-started"],
          Labels: { [labels.owner]: names.ownerId, [labels.role]: READER_ROLE },
          HostConfig: { NetworkMode: "none", LogConfig: { Type: "none", Config: {} } },
        }),
      );
      return name;
    } catch (error) {
      if (isRefusal(error, 404)) return null;
      throw error;
    }
  }

  async #readPath(
    name: string,
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<readonly Buffer[] | null> {
    try {
      const archive = await this.#context.client.stream(signal, (docker, abortSignal) =>
        docker.getContainer(name).getArchive({ path, abortSignal }),
      );
      return await filesIn(archive, maxBytes);
    } catch (error) {
      if (isRefusal(error) && (error.status === 404 || NOT_THERE.test(error.message))) return [];
      throw error;
    }
  }
}

/** Of one archive: a file, or the files right in a directory; null when all that is there takes more than `maxBytes`. */
async function filesIn(archive: Readable, maxBytes: number): Promise<readonly Buffer[] | null> {
  const files: Buffer[] = [];
  let left = maxBytes + HEADER_BYTES;
  const entries = extract();
  archive.on("error", (error) => entries.destroy(error)).pipe(entries);
  try {
    for await (const entry of entries) {
      const { name, size, type } = entry.header;
      left -= HEADER_BYTES + size;
      if (left < 0) return null;
      if (type !== "file" || name.split("/").length > 2) {
        entry.resume();
        continue;
      }
      files.push(await buffer(Readable.from(entry as AsyncIterable<Buffer>)));
    }
    return files;
  } finally {
    archive.destroy();
  }
}
