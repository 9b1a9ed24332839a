/**
 * Plain calls to the engine's HTTP API. dockerode's build opens a session of its own and its prune takes no limits, so
 * builds speak HTTP themselves, over one connection per call: closing it is what ends a build.
 */
import { createReadStream } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** The API of Docker 20.10; an engine that dropped it is met at its minimum. */
const API_VERSION = "1.41";
const CALL_DEADLINE_MS = 30_000;

export class EngineRefusal extends Error {
  override readonly name = "EngineRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type Query = Readonly<Record<string, string>>;

export class EngineApi {
  readonly socketPath: string;
  #apiVersion: string | null = null;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async apiVersion(signal: AbortSignal): Promise<string> {
    this.#apiVersion ??= await this.#negotiate(signal);
    return this.#apiVersion;
  }

  /** One short call; `undefined` when the answer has no body. */
  async call<T>(
    signal: AbortSignal,
    method: "GET" | "POST" | "DELETE",
    path: string,
    options: { readonly query?: Query; readonly deadlineMs?: number } = {},
  ): Promise<T> {
    const deadline = AbortSignal.timeout(options.deadlineMs ?? CALL_DEADLINE_MS);
    const answer = await this.open(AbortSignal.any([signal, deadline]), method, path, options.query ?? {});
    const body = await text(answer);
    return (body === "" ? undefined : JSON.parse(body)) as T;
  }

  /** A call whose answer streams. It breaks off when the signal is aborted. */
  async open(signal: AbortSignal, method: string, path: string, query: Query): Promise<IncomingMessage> {
    return await this.#send(method, await this.#target(path, query, signal), signal);
  }

  /** Sends a tar file with the call. */
  async upload(
    signal: AbortSignal,
    path: string,
    query: Query,
    archivePath: string,
  ): Promise<IncomingMessage> {
    return await this.#send("POST", await this.#target(path, query, signal), signal, archivePath);
  }

  async #target(path: string, query: Query, signal: AbortSignal): Promise<string> {
    const version = await this.apiVersion(signal);
    return `/v${version}${path}?${new URLSearchParams(query).toString()}`;
  }

  async #negotiate(signal: AbortSignal): Promise<string> {
    const answer = await this.#send("GET", "/version", signal);
    const { MinAPIVersion } = JSON.parse(await text(answer)) as { readonly MinAPIVersion: string };
    const minor = (version: string) => Number(version.split(".")[1] ?? 0);
    return minor(MinAPIVersion) > minor(API_VERSION) ? MinAPIVersion : API_VERSION;
  }

  async #send(
    method: string,
    path: string,
    signal: AbortSignal,
    archivePath: string | null = null,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const headers = archivePath === null ? {} : { "content-type": "application/x-tar" };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({ socketPath: this.socketPath, method, path, headers, signal, agent: false })
        .on("response", resolve)
        .on("error", reject);
      if (archivePath === null) call.end();
      // The engine may answer before it has read all; only what becomes of the call counts.
      else pipeline(createReadStream(archivePath), call).catch(reject);
    });
    if ((answer.statusCode ?? 500) < 400) return answer;
    throw new EngineRefusal(answer.statusCode ?? 500, messageIn(await text(answer)));
  }
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body;
  } catch {
    return body;
  }
}
