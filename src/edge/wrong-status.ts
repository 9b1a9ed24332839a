/** What a probe reports of an answer that is none of success. */
import type { ProbeResult } from "../domain/health-check.ts";

const BODY_HEAD_CHARACTERS = 200;
const BODY_HEAD_BYTES = 1_024;

export function isWell(status: number): boolean {
  return status >= 200 && status <= 399;
}

export async function wrongStatus(status: number, body: AsyncIterable<Buffer>): Promise<ProbeResult> {
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
