/** What a connection's error says of the instance. */
import type { ProbeResult } from "../domain/health-check.ts";
import { errorCode } from "./durable-file.ts";

export function connectFailure(error: Error): ProbeResult {
  const code = errorCode(error);
  if (code.startsWith("HPE_") || code.startsWith("ERR_HTTP2_"))
    return { isHealthy: false, problem: "invalid-answer" };
  const isReset = code === "ECONNRESET" || code === "EPIPE";
  return { isHealthy: false, problem: isReset ? "reset" : "refused" };
}
