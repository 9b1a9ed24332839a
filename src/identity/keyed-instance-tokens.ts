/** Tokens of instances: the id, and its HMAC under a key that the vault derives. Worth nothing but at the door, to that instance. */
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { InstanceTokens } from "../ports/instance-tokens.ts";

const FORM = /^([0-9a-f]{32})\.([\w-]{43})$/;
/** Compared with where the form is wrong already. */
const NOBODY = ["0".repeat(32), ""] as const;

export class KeyedInstanceTokens implements InstanceTokens {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  tokenOf(instanceId: string): string {
    return `${instanceId}.${this.#proofOf(instanceId).toString("base64url")}`;
  }

  instanceOf(token: string): string | null {
    const [, instanceId = NOBODY[0], given = NOBODY[1]] = FORM.exec(token) ?? [];
    const proof = this.#proofOf(instanceId);
    const shown = Buffer.alloc(proof.length);
    shown.write(given, "base64url");
    // Base64 has several spellings of the same bytes; only ours is a token of ours.
    const isOurs = timingSafeEqual(proof, shown) && proof.toString("base64url") === given;
    return isOurs ? instanceId : null;
  }

  #proofOf(instanceId: string): Buffer {
    return createHmac("sha256", this.#key).update(instanceId).digest();
  }
}
