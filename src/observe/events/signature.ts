/** Signatures of the Standard Webhooks scheme: HMAC-SHA256 over id, time and body. */
import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

export interface Signed {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
}

/** While a secret is replaced there are two, and a receiver takes whichever it knows. */
export function signatureHeaders(message: Signed, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(message.atMs / 1000));
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => sign(message, timestamp, secret)).join(" "),
  };
}

function sign({ id, body }: Signed, timestamp: string, secret: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
