/**
 * How much one instance may ask, and all of them together: requests a second, and of one instance so many at once, the
 * others wait their turn. What is left of the API is for those who do not come through the door.
 */
import { DoorRefusal } from "./door-visitor.ts";

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** SDKs ask once for credentials and once an hour; an application reads its secrets at its start. */
const OF_ONE: Rate = { perSecond: 20, burst: 60 };
const OF_ALL: Rate = { perSecond: 100, burst: 300 };
const AT_ONCE = 4;
/** More addresses than instances are there. */
const MAX_REMEMBERED = 4096;

interface Bucket {
  tokens: number;
  atMs: number;
}

interface Caller extends Bucket {
  running: number;
  readonly waiting: (() => void)[];
}

export class DoorLimits {
  readonly #callers = new Map<string, Caller>();
  readonly #now: () => number;
  readonly #all: Bucket;

  constructor(now: () => number) {
    this.#now = now;
    this.#all = { tokens: OF_ALL.burst, atMs: now() };
  }

  /** Throws DoorRefusal instead of running too much. */
  async run<Result>(address: string, work: () => Promise<Result>): Promise<Result> {
    const caller = this.#callerOf(address);
    // Of those for all only who has one of his own takes one.
    this.#take(caller, OF_ONE);
    this.#take(this.#all, OF_ALL);
    if (caller.running >= AT_ONCE) await new Promise<void>((resolve) => caller.waiting.push(resolve));
    else caller.running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = caller.waiting.shift();
      if (next === undefined) caller.running -= 1;
      else next();
    }
  }

  #take(bucket: Bucket, { perSecond, burst }: Rate): void {
    const nowMs = this.#now();
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) {
      throw new DoorRefusal(429, "ThrottlingException", "Too many requests a second. Try again.");
    }
    bucket.tokens -= 1;
  }

  #callerOf(address: string): Caller {
    const known = this.#callers.get(address);
    if (known !== undefined) return known;
    if (this.#callers.size >= MAX_REMEMBERED) this.#forgetQuiet();
    const caller = { tokens: OF_ONE.burst, atMs: this.#now(), running: 0, waiting: [] };
    this.#callers.set(address, caller);
    return caller;
  }

  #forgetQuiet(): void {
    for (const [address, { running }] of this.#callers) if (running === 0) this.#callers.delete(address);
  }
}
