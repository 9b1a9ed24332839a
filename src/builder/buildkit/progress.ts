/** What BuildKit tells of a running build (`moby.buildkit.trace`, a protobuf StatusResponse in base64). */
import { Message } from "./protobuf.ts";

/** One node of the build's graph: a line of the Dockerfile, or something internal. Told anew whenever it changes. */
export interface Vertex {
  readonly id: string;
  /** For instance `[build 2/5] RUN npm ci`. */
  readonly name: string;
  readonly isCached: boolean;
  readonly isStarted: boolean;
  readonly isCompleted: boolean;
  /** Empty when it did not fail. */
  readonly error: string;
}

/** Output of a command; cut anywhere. */
export interface VertexLog {
  readonly vertexId: string;
  readonly bytes: Buffer;
}

export interface Progress {
  readonly vertexes: readonly Vertex[];
  readonly logs: readonly VertexLog[];
}

/** Throws ProtobufError when the bytes are no such message. */
export function decodeProgress(base64: string): Progress {
  const status = Message.read(Buffer.from(base64, "base64"));
  return {
    vertexes: status.all(1).map((bytes) => toVertex(Message.read(bytes))),
    logs: status.all(3).map((bytes) => toLog(Message.read(bytes))),
  };
}

function toVertex(message: Message): Vertex {
  return {
    id: message.text(1),
    name: message.text(3),
    isCached: message.number(4) !== 0,
    isStarted: message.has(5),
    isCompleted: message.has(6),
    error: message.text(7),
  };
}

function toLog(message: Message): VertexLog {
  return { vertexId: message.text(1), bytes: message.bytes(4) };
}
