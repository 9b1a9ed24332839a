/**
 * One health probe from the edge's side. Each is a new connection, as a request of a new client would be. The deadline
 * covers the whole of it: connecting, the answer's head, and what is read of the body of a failed check.
 */
import { type ClientRequest, request } from "node:http";
import type { ProbeResult } from "../domain/health-check.ts";
import type { ProbeTarget } from "../ports/edge.ts";
import { encodeCheckPath } from "./host-map.ts";
import { type Asked, askHttp2 } from "./http2-probe.ts";
import { connectFailure } from "./probe-failure.ts";
import { TcpProber } from "./tcp-prober.ts";
import { isWell, wrongStatus } from "./wrong-status.ts";

const USER_AGENT = "Slipway-Health-Check";

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
async function probeHttp(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  const path = encodeCheckPath(target.healthCheck.path);
  const asked = target.protocol === "h2c" ? askHttp2(target, path, USER_AGENT) : askHttp1(target, path);
  let isOver = false;
  // A signal given to the request would make a probe half as dear again.
  const end = (): void => {
    isOver = true;
    asked.end();
  };
  const timer = setTimeout(end, target.healthCheck.timeoutS * 1_000);
  signal.addEventListener("abort", end);
  try {
    const result = await asked.answer.catch((error: Error) => failure(error, isOver));
    signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function askHttp1({ address, port }: ProbeTarget, path: string): Asked {
  const headers = { host: "localhost", "user-agent": USER_AGENT, connection: "close" };
  const outgoing = request({ host: address, port, path, headers, agent: false });
  return { answer: answerTo(outgoing), end: () => void outgoing.destroy() };
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
      if (isWell(status)) {
        resolve({ isHealthy: true });
        outgoing.destroy();
        return;
      }
      resolve(wrongStatus(status, answer).finally(() => outgoing.destroy()));
    });
    outgoing.end();
  });
}

function failure(error: Error, isOver: boolean): ProbeResult {
  return isOver ? { isHealthy: false, problem: "timeout" } : connectFailure(error);
}
