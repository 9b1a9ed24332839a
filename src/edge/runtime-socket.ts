/**
 * HAProxy's command line over its unix sockets. One connection per batch: the commands go in one write joined by `;`,
 * each reply ends with an empty line. HAProxy answers and closes.
 */
import { createConnection, type Socket } from "node:net";
import { SlipwayError } from "../domain/error.ts";
import { Turns } from "./turns.ts";

/** A healthy HAProxy answers within a millisecond; 100 ms during a reload on a busy machine. */
const REPLY_DEADLINE_MS = 5_000;
/** HAProxy's input buffer is 16 KiB; a longer line is refused. */
const BATCH_MAX_BYTES = 12_000;
/** For all connections: what was read is copied out of it before anything else is read. */
const READ_BUFFER = Buffer.alloc(16_384);
/**
 * With one socket. It takes ten; when a start looked at 1,000 services at once, most connections were refused, and the services came
 * again each second.
 */
const CONVERSATIONS_MAX = 8;
const turnsOf = new Map<string, Turns>();

/** The replies, one per command, in order. Throws EdgeUnavailable when HAProxy does not answer all of them. */
export async function runCommands(
  socketPath: string,
  commands: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const replies: string[] = [];
  for (const batch of batches(commands)) {
    const text = await exchange(socketPath, `${batch.join(";")}\n`, signal);
    const parts = splitReplies(text);
    if (parts.length < batch.length)
      throw unavailable(`it answered only ${parts.length} of ${batch.length} commands`);
    replies.push(...parts.slice(0, batch.length));
  }
  return replies;
}

/** One command, with its reply as it came (empty lines and all). */
export async function runCommand(socketPath: string, command: string, signal: AbortSignal): Promise<string> {
  return exchange(socketPath, `${command}\n`, signal);
}

/** Replies of joined commands; a silent command's reply is the empty string. */
export function splitReplies(text: string): readonly string[] {
  const replies: string[] = [];
  let lines: string[] = [];
  const rows = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  for (const row of rows) {
    if (row !== "") {
      lines.push(row);
    } else {
      replies.push(lines.join("\n"));
      lines = [];
    }
  }
  if (lines.length > 0) replies.push(lines.join("\n"));
  return replies;
}

export function unavailable(problem: string, cause?: unknown): SlipwayError {
  return new SlipwayError("EdgeUnavailable", { problem }, { cause });
}

function batches(commands: readonly string[]): readonly (readonly string[])[] {
  const result: string[][] = [];
  let bytes = BATCH_MAX_BYTES;
  for (const command of commands) {
    bytes += command.length + 1;
    if (bytes > BATCH_MAX_BYTES) {
      result.push([]);
      bytes = command.length + 1;
    }
    result.at(-1)?.push(command);
  }
  return result;
}

/**
 * Plain callbacks: this happens several times a second, and signals and iterators for each took more than the reply. The deadline
 * counts from the call: behind an HAProxy that hangs nobody waits for longer.
 */
async function exchange(socketPath: string, line: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  const onAbort = (): void => ended.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  const deadline = setTimeout(() => ended.reject(new Error("it took too long")), REPLY_DEADLINE_MS);
  let socket: Socket | null = null;
  const leave = takeTurn(socketPath, () => {
    socket = converse(socketPath, line, chunks, ended);
  });
  try {
    await ended.promise;
  } catch (error) {
    signal.throwIfAborted();
    const gist = line.slice(0, 60).trim();
    throw unavailable(`"${gist}" got no answer from ${socketPath} (${String(error)})`, error);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener("abort", onAbort);
    (socket as Socket | null)?.destroy();
    leave();
  }
  return Buffer.concat(chunks).toString("utf8");
}

function converse(
  path: string,
  line: string,
  chunks: Buffer[],
  ended: Pick<PromiseWithResolvers<void>, "resolve" | "reject">,
): Socket {
  const keep = (length: number, buffer: Uint8Array): boolean =>
    chunks.push(Buffer.from(buffer.subarray(0, length))) > 0;
  const socket = createConnection({ path, onread: { buffer: READ_BUFFER, callback: keep } });
  socket.once("end", ended.resolve).once("error", ended.reject);
  socket.once("close", () => ended.reject(new Error("it hung up")));
  socket.end(line);
  return socket;
}

/** The function that comes back gives the turn to the next one. */
function takeTurn(path: string, begin: () => void): () => void {
  const turns = turnsOf.get(path) ?? new Turns(CONVERSATIONS_MAX);
  turnsOf.set(path, turns);
  const leave = turns.enter(begin);
  return () => {
    leave();
    if (turns.isEmpty) turnsOf.delete(path);
  };
}
