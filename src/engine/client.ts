/** The connection to the engine: every call has a deadline, obeys its signal and fails with our errors only. */
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { orAborted } from "../domain/or-aborted.ts";
import { engineUnavailable, translateError } from "./errors.ts";

/** The API of Docker 20.10, the oldest engine we run on. Newer engines that dropped it are met at their minimum. */
const API_VERSION = "1.41";
const CALL_DEADLINE_MS = 30_000;

/** One thing that happened in the adapter, for the log of whoever built it. */
export type Report = (event: string, details: Readonly<Record<string, unknown>>) => void;

export type Act<T> = (docker: Docker, abortSignal: AbortSignal) => Promise<T>;

export class EngineClient {
  readonly #docker: Docker;
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#docker = new Docker({ socketPath, version: `v${API_VERSION}` });
  }

  /** One short call. The engine may still carry it out after we gave up: acts must be idempotent. */
  async call<T>(signal: AbortSignal, act: Act<T>, deadlineMs = CALL_DEADLINE_MS): Promise<T> {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(deadlineMs);
    const either = AbortSignal.any([signal, deadline]);
    try {
      return await orAborted(act(this.#docker, either), either);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw engineUnavailable(`no answer within ${deadlineMs / 1000} s`, error);
      throw translateError(error, this.#socketPath);
    }
  }

  /** Opens an answer that streams: only its beginning has a deadline. It is destroyed when the signal is aborted. */
  async stream(
    signal: AbortSignal,
    act: Act<NodeJS.ReadableStream>,
    deadlineMs = CALL_DEADLINE_MS,
  ): Promise<Readable> {
    const late = new AbortController();
    const either = AbortSignal.any([signal, late.signal]);
    try {
      return (await this.call(signal, (docker) => act(docker, either), deadlineMs)) as Readable;
    } catch (error) {
      late.abort(); // an answer that begins only now is not wanted any more
      throw error;
    }
  }

  /** Engine 29 dropped API 1.41: speak the engine's minimum when that is above ours. */
  async negotiate(signal: AbortSignal): Promise<void> {
    // The version is part of each request's path; types of the modem leave it out.
    const modem = this.#docker.modem as { version?: string };
    delete modem.version;
    const { MinAPIVersion } = await this.call(signal, (docker) => docker.version());
    modem.version = `v${newerVersion(API_VERSION, MinAPIVersion)}`;
  }
}

function newerVersion(ours: string, theirs: string): string {
  const minor = (version: string) => Number(version.split(".")[1] ?? 0);
  return minor(theirs) > minor(ours) ? theirs : ours;
}

/** The JSON objects of a stream that sends one per line. */
export async function* jsonLines(stream: Readable): AsyncGenerator {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
  }
  if (rest.trim() !== "") yield JSON.parse(rest);
}
