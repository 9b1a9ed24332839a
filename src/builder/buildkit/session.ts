/**
 * A BuildKit session: a connection over which the engine asks us for files and secrets while it builds. It is an upgraded
 * HTTP/1.1 request on which *we* serve HTTP/2. Secrets go this way only: never into a layer, an argument or the log.
 */
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { emptyDirectory, serveDirectory, type ServedDirectory } from "./file-sync.ts";
import { beginAnswer, grpcStatus, readMessages, writeMessage } from "./grpc.ts";
import { bytesField, Message, numberField } from "./protobuf.ts";

const methods = {
  secret: "/moby.buildkit.secrets.v1.Secrets/GetSecret",
  files: "/moby.filesync.v1.FileSync/DiffCopy",
  health: "/grpc.health.v1.Health/Check",
} as const;
const SERVING = 1;

export interface SessionContent {
  readonly context: ServedDirectory;
  readonly dockerfile: ServedDirectory;
  readonly secrets: Readonly<Record<string, Buffer>>;
}

export interface EngineAddress {
  readonly socketPath: string;
  /** For instance `1.41`. */
  readonly apiVersion: string;
}

export class Session {
  readonly id: string;
  readonly #http2: ServerHttp2Session;

  private constructor(id: string, http2: ServerHttp2Session) {
    this.id = id;
    this.#http2 = http2;
  }

  static async open(engine: EngineAddress, content: SessionContent, signal: AbortSignal): Promise<Session> {
    const id = randomBytes(16).toString("hex");
    const socket = await upgrade(engine, id, signal);
    const http2 = performServerHandshake(socket);
    http2.on("error", () => undefined); // the build's own answer says what broke
    http2.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      void answer(stream, headers, content);
    });
    return new Session(id, http2);
  }

  close(): void {
    this.#http2.destroy();
  }
}

async function upgrade(engine: EngineAddress, id: string, signal: AbortSignal): Promise<Socket> {
  const { socketPath, apiVersion } = engine;
  const headers = {
    Host: "docker",
    Connection: "Upgrade",
    Upgrade: "h2c",
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Name": "slipway",
    // Of this build alone: under a shared one the engine takes files of equal size and time for unchanged.
    "X-Docker-Expose-Session-Sharedkey": id,
    "X-Docker-Expose-Session-Grpc-Method": Object.values(methods),
  };
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: "POST", path: `/v${apiVersion}/session`, headers, signal });
    asked.on("error", reject);
    asked.on("response", (answer) => {
      answer.resume();
      reject(new Error(`the engine refused a build session (status ${answer.statusCode})`));
    });
    asked.on("upgrade", (_answer, socket: Socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.end();
  });
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  content: SessionContent,
): Promise<void> {
  let status: number = grpcStatus.ok;
  beginAnswer(stream, () => status);
  try {
    status = await answerMethod(stream, headers, content);
  } catch {
    status = grpcStatus.internal; // BuildKit fails the build and says what it was doing
  }
  stream.end();
}

async function answerMethod(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  content: SessionContent,
): Promise<number> {
  switch (headers[":path"] ?? "") {
    case methods.health:
      await writeMessage(stream, numberField(1, SERVING));
      return grpcStatus.ok;
    case methods.secret:
      return await answerSecret(stream, content.secrets);
    case methods.files:
      await serveDirectory(stream, wantedDirectory(headers, content));
      return grpcStatus.ok;
    default:
      return grpcStatus.unimplemented;
  }
}

async function answerSecret(
  stream: ServerHttp2Stream,
  secrets: Readonly<Record<string, Buffer>>,
): Promise<number> {
  for await (const request of readMessages(stream)) {
    const id = Message.read(request).text(1);
    const secret = Object.hasOwn(secrets, id) ? secrets[id] : undefined;
    if (secret === undefined) return grpcStatus.notFound;
    await writeMessage(stream, bytesField(1, secret));
    return grpcStatus.ok;
  }
  return grpcStatus.internal;
}

/** What is ignored was left out already: BuildKit finds no `.dockerignore`, so that two readings cannot differ. */
function wantedDirectory(headers: IncomingHttpHeaders, content: SessionContent): ServedDirectory {
  if (headers["dir-name"] === "dockerfile") return content.dockerfile;
  if (headers["dir-name"] === "context" && headers["followpaths"] !== ".dockerignore") return content.context;
  return emptyDirectory;
}
