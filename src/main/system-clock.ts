/** The machine's clock and random source, behind the ports. */
import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, IdSource } from "../ports/clock.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (durationMs, signal) => sleep(durationMs, undefined, { signal }),
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const LABEL_LENGTH = 10;

export const randomIds: IdSource = {
  hex32: () => randomBytes(16).toString("hex"),
  hostLabel: () =>
    pick(LETTERS) + Array.from({ length: LABEL_LENGTH - 1 }, () => pick(`${LETTERS}0123456789`)).join(""),
};

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
