/** Shows that a user signed in with this browser before. Lets nobody in: it only keeps the guessing of others from counting. */
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";

const VALID_MS = 90 * 24 * 60 * 60_000;
const TOKEN = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

export class DeviceTokens {
  readonly #key: KeyObject;
  readonly #clock: Pick<Clock, "now">;

  constructor(key: KeyObject, clock: Pick<Clock, "now">) {
    this.#key = key;
    this.#clock = clock;
  }

  issue(userName: string): string {
    const issuedAtMs = String(this.#clock.now());
    return `${issuedAtMs}.${this.#seal(userName, issuedAtMs).toString("base64url")}`;
  }

  isOf(userName: string, token: string | null): boolean {
    const [, issuedAtMs, seal] = TOKEN.exec(token ?? "") ?? [];
    if (issuedAtMs === undefined || seal === undefined) return false;
    if (this.#clock.now() - Number(issuedAtMs) > VALID_MS) return false;
    return timingSafeEqual(Buffer.from(seal, "base64url"), this.#seal(userName, issuedAtMs));
  }

  #seal(userName: string, issuedAtMs: string): Buffer {
    return createHmac("sha256", this.#key).update(`${issuedAtMs} ${userName}`).digest();
  }
}
