/** gRPC over an HTTP/2 stream, the serving side: frames of one length-prefixed message each, a status at the end. */
import type { ServerHttp2Stream } from "node:http2";

export const grpcStatus = { ok: 0, notFound: 5, unimplemented: 12, internal: 13 } as const;

const PREFIX_BYTES = 5;
/** BuildKit sends us requests of a few bytes; nobody may make us hold more. */
const MESSAGE_BYTES_MAX = 4 * 1_024 * 1_024;

/** Sends the headers; `status()` is asked when the stream ends. */
export function beginAnswer(stream: ServerHttp2Stream, status: () => number): void {
  stream.on("wantTrailers", () => {
    stream.sendTrailers({ "grpc-status": String(status()) });
  });
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
}

export function toFrame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Waits while the other side does not read. */
export async function writeMessage(stream: ServerHttp2Stream, message: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(toFrame(message), (error) => (error ? reject(error) : resolve()));
  });
}

/** The messages of a request as they come. */
export async function* readMessages(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  // Leaving the loop must not end the stream: the answer is still to come.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= PREFIX_BYTES) {
      const length = pending.readUInt32BE(1);
      if (length > MESSAGE_BYTES_MAX) throw new Error(`a message of ${length} bytes`);
      if (pending.length < PREFIX_BYTES + length) break;
      yield pending.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
      pending = pending.subarray(PREFIX_BYTES + length);
    }
  }
}
