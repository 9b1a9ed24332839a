/** The question of an HTTP probe to an instance that speaks HTTP/2 without TLS. */
import { connect } from "node:http2";
import { isIPv6 } from "node:net";
import type { ProbeResult } from "../domain/health-check.ts";
import type { ProbeTarget } from "../ports/edge.ts";
import { isWell, wrongStatus } from "./wrong-status.ts";

/** A question that was asked: rejects when there is no answer; `end` gives it up. */
export interface Asked {
  readonly answer: Promise<ProbeResult>;
  readonly end: () => void;
}

export function askHttp2(
  { address, port }: Pick<ProbeTarget, "address" | "port">,
  path: string,
  userAgent: string,
): Asked {
  const session = connect(`http://${isIPv6(address) ? `[${address}]` : address}:${port}`);
  const headers = { ":path": path, ":authority": "localhost", "user-agent": userAgent };
  const answer = new Promise<ProbeResult>((resolve, reject) => {
    session.on("error", reject);
    session.on("close", () => reject(new Error("the connection was closed")));
    const stream = session.request(headers);
    // A stream that ends with its connection says that it was cancelled, and names the cause.
    stream.on("error", (error) => {
      const { cause = error } = error;
      if (cause instanceof Error) reject(cause);
    });
    stream.on("response", (answer) => {
      const status = Number(answer[":status"]);
      if (isWell(status)) resolve({ isHealthy: true });
      else void wrongStatus(status, stream).then(resolve);
    });
  });
  return { answer: answer.finally(() => session.destroy()), end: () => session.destroy() };
}
