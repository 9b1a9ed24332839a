/**
 * The control plane's end of the push hook: a Unix socket in a directory that only we can enter, for one push. The path is
 * in the system's temporary directory because those of Unix sockets may be no longer than 107 bytes.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { HostedGitRequest, PushedReference } from "../../ports/hosted-repositories.ts";

const LINE_LENGTH_MAX = 2000;

export interface PushChannel extends AsyncDisposable {
  readonly socketPath: string;
}

/** The owner is the directory of the repositories: of several installations on a machine each knows its own. */
export async function openPushChannel(
  owner: string,
  onPush: HostedGitRequest["onPush"],
): Promise<PushChannel> {
  const directory = await mkdtemp(join(tmpdir(), prefixOf(owner)));
  const socketPath = join(directory, "socket");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    void answer(socket, onPush);
  });
  server.listen(socketPath);
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  return {
    socketPath,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Those of a process that is no more; nobody may push meanwhile. */
export async function removeLeftChannels(owner: string): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((one) => one.startsWith(prefixOf(owner))))
    await rm(join(tmpdir(), name), { recursive: true, force: true });
}

function prefixOf(owner: string): string {
  return `slipway-push-${createHash("sha256").update(owner).digest("hex").slice(0, 12)}-`;
}

async function answer(socket: Socket, onPush: HostedGitRequest["onPush"]): Promise<void> {
  const write = (line: string): void => {
    if (socket.writable) socket.write(`|${shown(line)}\n`);
  };
  try {
    const changes = parseChanges(await text(socket));
    const { ok } = await onPush(changes, write);
    if (!ok) write("Your commits are stored, but they are not deployed.");
  } catch {
    write("Your commits are stored, but something went wrong afterwards. Slipway's log says what.");
  }
  if (socket.writable) socket.end(".\n");
}

/** Lines of `old new reference`. */
export function parseChanges(input: string): readonly PushedReference[] {
  return input
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [before = "", after = "", ...reference] = line.split(" ");
      return { reference: reference.join(" "), oldCommitId: idOrNull(before), newCommitId: idOrNull(after) };
    });
}

function idOrNull(id: string): string | null {
  return /^0+$/.test(id) ? null : id;
}

/** One line without control characters: it goes to a terminal. */
function shown(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, LINE_LENGTH_MAX);
}
