/**
 * The same records through the engine's API, for where its log files cannot be read (not root, another machine): 2.5
 * times the cost for the engine. It goes on by time, which the engine gives to a nanosecond.
 */
import type { Readable } from "node:stream";
import type { EngineContext } from "./context.ts";
import { OrdinalCounter, type Mark, OutputRecord } from "./output-record.ts";

const HEADER_BYTES = 8;
const STDERR = 2;

/** Everything from the mark's time on, that time included; ends when the container stops or the connection breaks. */
export async function* streamRecords(
  { client }: EngineContext,
  container: string,
  start: Mark,
  signal: AbortSignal,
): AsyncGenerator<readonly OutputRecord[]> {
  const answer = await client.stream(signal, (docker, abortSignal) => {
    const options = { follow: true as const, stdout: true, stderr: true, timestamps: true, abortSignal };
    return docker
      .getContainer(container)
      .logs({ ...options, ...(start.time !== "" && { since: sinceOf(start.time) }) });
  });
  const ordinals = new OrdinalCounter({ time: "", ordinal: 0 });
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of answer as Readable & AsyncIterable<Buffer>) {
      const { frames, remainder } = takeFrames(Buffer.concat([rest, chunk]));
      rest = remainder;
      if (frames.length > 0) yield frames.map((frame) => toRecord(frame, ordinals));
    }
  } finally {
    answer.destroy();
  }
}

interface Frame {
  readonly isStderr: boolean;
  readonly text: string;
}

/** Frames have a header of eight bytes: stream, three zeros, length (big endian). */
export function takeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly remainder: Buffer } {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 4);
    if (end > bytes.length) break;
    frames.push({ isStderr: bytes[at] === STDERR, text: bytes.toString("utf8", at + HEADER_BYTES, end) });
    at = end;
  }
  return { frames, remainder: bytes.subarray(at) };
}

/** Each frame begins with its time and a blank. */
function toRecord({ isStderr, text }: Frame, ordinals: OrdinalCounter): OutputRecord {
  const blank = text.indexOf(" ");
  // The API writes all nine digits, the log file drops trailing zeros: cursors must fit both.
  const time = text.slice(0, blank).replace(/\.?0+Z$/, "Z");
  const endsLine = text.endsWith("\n");
  return new OutputRecord({
    stream: isStderr ? "stderr" : "stdout",
    text: text.slice(blank + 1, endsLine ? -1 : undefined),
    endsLine,
    mark: { inode: "0", offset: 0, time, ordinal: ordinals.next(time) },
  });
}

/** The API wants seconds and nanoseconds since 1970, as text: a number would lose the last digits. */
function sinceOf(time: string): number {
  const [whole = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  const seconds = Date.parse(`${whole}Z`) / 1_000;
  return `${seconds}.${fraction.padEnd(9, "0")}` as unknown as number;
}
