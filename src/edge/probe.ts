/**
 * One health probe from the edge's side. Each is a new connection, as a request of a new client would be. The deadline
 * covers the whole of it: connecting, the answer's head, and what is read of the body of a failed check.
 */
import { type ClientRequest, request } from "node:http";
import type { ProbeResult } from "../domain/health-check.ts";
import type { ProbeTarget } from "../ports/edge.ts";
import { encodeCheckPath } from "./host-map.ts";
import { connectFailure } from "./probe-failure.ts";
import { TcpProber } from "./tcp-prober.ts";

const BODY_HEAD_CHARACTERS = 200;
const BODY_HEAD_BYTES = 1_024;

export class Prober {
  readonly #tcp = new TcpProber();

  /** Rejects with the signal's reason when it is aborted, and for nothing else. */
  async probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    signal.throwIfAborted();
    return target.healthCheck.protocol === "TCP"
      ? this.#tcp.probe(target, signal)
      : probeHttp(target, signal);
  }
}

/** Sends what HAProxy's own check sends, so that both get the same answer. */
async function probeHttp(
  { address, port, healthCheck }: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const path = encodeCheckPath(healthCheck.path);
  const headers = { host: "localhost", "user-agent": "Slipway-Health-Check", connection: "close" };
  const outgoing = request({ host: address, port, path, headers, agent: false });
  let isOver = false;
  // A signal given to the request would make a probe half as dear again.
  const end = (): void => {
    isOver = true;
    outgoing.destroy();
  };
  const timer = setTimeout(end, healthCheck.timeoutS * 1_000);
  signal.addEventListener("abort", end);
  try {
    const result = await answerTo(outgoing).catch((error: Error) => failure(error, isOver));
    signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

/** Rejects when there is none. */
async function answerTo(outgoing: ClientRequest): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("upgrade", (_answer, socket) => {
      socket.destroy();
      resolve({ isHealthy: false, problem: "invalid-answer" });
    });
    outgoing.on("response", (answer) => {
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status <= 399) {
        resolve({ isHealthy: true });
        outgoing.destroy();
        return;
      }
      resolve(wrongStatus(status, answer).finally(() => outgoing.destroy()));
    });
    outgoing.end();
  });
}

async function wrongStatus(status: number, body: AsyncIterable<Buffer>): Promise<ProbeResult> {
  const bodyHead = await readHead(body);
  return { isHealthy: false, problem: "status", status, ...(bodyHead !== "" && { bodyHead }) };
}

/** What of the body came in time; an unreadable one is an empty one. */
async function readHead(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= BODY_HEAD_BYTES) break;
    }
  } catch {
    // Cut off by the deadline or by the instance: the status has been seen all the same.
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, BODY_HEAD_CHARACTERS);
}

function failure(error: Error, isOver: boolean): ProbeResult {
  return isOver ? { isHealthy: false, problem: "timeout" } : connectFailure(error);
}
