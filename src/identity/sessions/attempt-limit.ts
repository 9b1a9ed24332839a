/**
 * Slows down who guesses passwords: by the name that is tried, by the address that tries. An attempt counts before it is
 * looked at, so that many at once are many. What is refused here counts no more, so that nobody is kept out for good by
 * others; who signed in with a browser or from an address before is counted on their own. In memory and bounded: a restart
 * forgets it.
 */
import { isIPv6 } from "node:net";
import type { Clock } from "../../ports/clock.ts";

export interface AttemptSource {
  readonly userName: string;
  readonly sourceAddress: string | null;
  /** What speaks for them: they signed in as this user with this browser before, or act as the user already. */
  readonly proof: "none" | "device" | "caller";
}

interface Count {
  readonly failures: number;
  readonly lastAtMs: number;
}

interface Allowance {
  /** So many failures cost nothing. */
  readonly free: number;
  readonly longestMs: number;
}

const FIRST_PAUSE_MS = 1_000;
const OF_USER: Allowance = { free: 5, longestMs: 60_000 };
/** Behind one address may be a whole office. */
const OF_ADDRESS: Allowance = { free: 20, longestMs: 5 * 60_000 };
/** Then it is as if nothing had been. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const COUNTS_MAX = 10_000;
const KNOWN_MAX = 1_000;

export class AttemptLimit {
  readonly #clock: Pick<Clock, "now">;
  /** The one that failed last is the last. */
  readonly #counts = new Map<string, Count>();
  /** Names and the addresses that they signed in from. */
  readonly #known = new Set<string>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Zero: go on, and it counts as a failure until it is `succeeded`. Else how long to wait. */
  admit(source: AttemptSource): number {
    const keys = this.#keysOf(source);
    const waitMs = Math.max(...keys.map(([key, allowance]) => this.#waitMs(key, allowance)));
    if (waitMs > 0) return waitMs;
    for (const [key] of keys) this.#note(key);
    return 0;
  }

  /** Whether something speaks for them; it lets nobody in. */
  isKnown(source: AttemptSource): boolean {
    return source.proof !== "none" || this.#known.has(knownKey(source));
  }

  succeeded(source: AttemptSource): void {
    const [user, address] = this.#keysOf(source);
    if (user !== undefined) this.#counts.delete(user[0]);
    // One right password does not excuse an address that tries many names.
    if (address !== undefined) this.#takeBack(address[0]);
    remember(this.#known, knownKey(source), KNOWN_MAX);
  }

  /** It was not looked at after all. */
  dropped(source: AttemptSource): void {
    for (const [key] of this.#keysOf(source)) this.#takeBack(key);
  }

  #keysOf(source: AttemptSource): readonly (readonly [string, Allowance])[] {
    const { userName: name } = source;
    const address = networkOf(source.sourceAddress);
    if (source.proof !== "none") return [[`${source.proof} ${name}`, OF_USER]];
    return [
      [this.isKnown(source) ? `known ${knownKey(source)}` : `user ${name}`, OF_USER],
      [`address ${address}`, OF_ADDRESS],
    ];
  }

  #waitMs(key: string, { free, longestMs }: Allowance): number {
    const nowMs = this.#clock.now();
    const { failures, lastAtMs } = this.#current(key);
    if (failures < free) return 0;
    const pauseMs = Math.min(longestMs, FIRST_PAUSE_MS * 2 ** Math.min(20, failures - free));
    // The clock went back: when the last one was is not known any more, and this one is noted with its time.
    if (lastAtMs > nowMs) return 0;
    return Math.max(0, lastAtMs + pauseMs - nowMs);
  }

  #note(key: string): void {
    const { failures } = this.#current(key);
    this.#counts.delete(key);
    this.#counts.set(key, { failures: failures + 1, lastAtMs: this.#clock.now() });
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > COUNTS_MAX && oldest !== undefined) this.#counts.delete(oldest);
  }

  #takeBack(key: string): void {
    const count = this.#counts.get(key);
    if (count === undefined) return;
    if (count.failures <= 1) this.#counts.delete(key);
    else this.#counts.set(key, { ...count, failures: count.failures - 1 });
  }

  #current(key: string): Count {
    const count = this.#counts.get(key);
    const isFresh = count !== undefined && this.#clock.now() - count.lastAtMs < FORGOTTEN_AFTER_MS;
    return isFresh ? count : { failures: 0, lastAtMs: -Infinity };
  }
}

function knownKey({ userName, sourceAddress }: AttemptSource): string {
  return `${userName} ${networkOf(sourceAddress)}`;
}

/** Who has one address of IPv6 has a whole network of them. */
function networkOf(address: string | null): string {
  if (address === null) return "";
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIPv6(plain) ? firstHalf(plain) : plain;
}

function firstHalf(address: string): string {
  const [head = "", tail = ""] = (address.split("%", 1)[0] ?? "").split("::");
  const [before, after] = [head, tail].map((part) => (part === "" ? [] : part.split(":"))) as [
    string[],
    string[],
  ];
  const isShortened = address.includes("::");
  const zeros = isShortened ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0") : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function remember(set: Set<string>, key: string, most: number): void {
  set.delete(key);
  set.add(key);
  const [oldest] = set;
  if (set.size > most && oldest !== undefined) set.delete(oldest);
}
