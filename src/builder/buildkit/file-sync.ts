/**
 * Serves directories to BuildKit (`moby.filesync.v1.FileSync/DiffCopy`): we tell what there is, it asks for the content
 * of what it needs. Unlike a context sent as a tar, the Dockerfile is a directory of its own: nothing of ours ever
 * appears in an image that copies its whole context.
 *
 * Owners are 0, modes 644 or 755, whoever checked the source out. Times are the checkout's: the cache does not look at
 * them, and a constant one would break what takes its file's time for a version (web servers' ETags, zip before 1980).
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ServerHttp2Stream } from "node:http2";
import { join } from "node:path";
import type { ContextEntry } from "./build-context.ts";
import { readMessages, writeMessage } from "./grpc.ts";
import { bytesField, Message, numberField } from "./protobuf.ts";

/** Content of one entry of a directory that is served. */
export type ReadContent = (entry: ContextEntry) => AsyncIterable<Buffer>;

export interface ServedDirectory {
  readonly entries: readonly ContextEntry[];
  readonly read: ReadContent;
}

const packets = { stat: 0, request: 1, data: 2, finished: 3, error: 4 } as const;
/** Go's bits of a file's mode, which are not Unix's. */
const modeBits = { directory: 2 ** 31, link: 2 ** 27 } as const;
const NANOSECONDS = 1_000_000_000n;
const CHUNK_BYTES = 32 * 1_024;

/** Directory whose files are read from the disk. */
export function diskDirectory(directory: string, entries: readonly ContextEntry[]): ServedDirectory {
  return { entries, read: (entry) => readFileOf(directory, entry) };
}

/** Directory of one file that exists nowhere else. */
export function singleFile(path: string, content: Buffer): ServedDirectory {
  const entry = {
    path,
    kind: "file",
    isExecutable: false,
    modifiedAtS: 0,
    sizeBytes: content.length,
    linkTarget: "",
  } as const;
  // oxlint-disable-next-line typescript/require-await -- read like a file
  return {
    entries: [entry],
    read: async function* read() {
      yield content;
    },
  };
}

// oxlint-disable-next-line typescript/require-await -- there is nothing to read
export const emptyDirectory: ServedDirectory = { entries: [], read: async function* read() {} };

/** Ends when BuildKit has all it wants. Throws when the connection breaks or a file cannot be read. */
export async function serveDirectory(stream: ServerHttp2Stream, directory: ServedDirectory): Promise<void> {
  const told = tellEntries(stream, directory.entries);
  told.catch(() => undefined); // awaited below; a broken connection ends the loop first
  for await (const bytes of readMessages(stream)) {
    const packet = Message.read(bytes);
    if (packet.number(1) === packets.request) {
      await sendContent(stream, directory, packet.number(3));
    } else if (packet.number(1) === packets.finished) {
      await told;
      await writeMessage(stream, numberField(1, packets.finished));
      return;
    } else if (packet.number(1) === packets.error) {
      throw new Error(`BuildKit could not take the source: ${packet.text(4)}`);
    }
  }
}

async function tellEntries(stream: ServerHttp2Stream, entries: readonly ContextEntry[]): Promise<void> {
  for (const entry of entries) await writeMessage(stream, bytesField(2, statOf(entry)));
  await writeMessage(stream, numberField(1, packets.stat)); // no entry: that was all
}

function statOf(entry: ContextEntry): Buffer {
  return Buffer.concat([
    bytesField(1, entry.path),
    numberField(2, modeOf(entry)),
    numberField(5, entry.sizeBytes),
    numberField(6, BigInt(entry.modifiedAtS) * NANOSECONDS),
    entry.linkTarget === "" ? Buffer.alloc(0) : bytesField(7, entry.linkTarget),
  ]);
}

function modeOf({ kind, isExecutable }: ContextEntry): number {
  if (kind === "directory") return modeBits.directory + 0o755;
  if (kind === "link") return modeBits.link + 0o777;
  return isExecutable ? 0o755 : 0o644;
}

/** BuildKit names an entry by its place in the order in which they were told. */
async function sendContent(stream: ServerHttp2Stream, directory: ServedDirectory, id: number): Promise<void> {
  const entry = directory.entries[id];
  if (entry?.kind !== "file") throw new Error(`BuildKit asked for entry ${id}, which is no file`);
  const head = Buffer.concat([numberField(1, packets.data), numberField(3, id)]);
  for await (const chunk of directory.read(entry))
    if (chunk.length > 0) await writeMessage(stream, Buffer.concat([head, bytesField(4, chunk)]));
  await writeMessage(stream, head); // no data: the end of the file
}

/** Never through a link: the tree is a stranger's. */
async function* readFileOf(directory: string, entry: ContextEntry): AsyncGenerator<Buffer> {
  const file = await open(join(directory, entry.path), constants.O_RDONLY | constants.O_NOFOLLOW);
  yield* file.createReadStream({ highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
}
