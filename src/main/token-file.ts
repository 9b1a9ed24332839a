/** The token that lets Prometheus read metrics from elsewhere. */
import { readFileSync } from "node:fs";

/** Read each time: a new token needs no restart. What keeps it from being read is told once. */
export function tokenReader(
  path: string | undefined,
  logger: { error(fields: object, message: string): unknown },
): () => string | null {
  let isTold = false;
  return () => {
    if (path === undefined) return null;
    try {
      const token = readFileSync(path, "utf8").trim();
      isTold = false;
      return token || null;
    } catch (error) {
      if (!isTold)
        logger.error({ err: error }, "metricsTokenFile cannot be read: metrics are for this machine alone");
      isTold = true;
      return null;
    }
  };
}
