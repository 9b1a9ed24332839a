/**
 * What was fetched for services, with their submodules, kept for their next checkout: `<serviceId>.git` and
 * `<serviceId>.modules/`. All of them have one limit; above it those go that were used longest ago, never one that is in
 * use. One act at a time for each service. Those of services that keep nothing (`once-…`) go with their use.
 */
import { readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { bytesBelow } from "./disk-usage.ts";
import { removeTree, removeWhole } from "./removal.ts";
import { Turns } from "./turns.ts";

const ENDINGS = [".git", ".modules"] as const;
/** Mirrors that lost their name (`removal.ts`), and those that go with their use: a crash left them. */
const LEFT = /^(?:gone|detect|once)-/;
const ONCE = "once-";

/** What a service's mirrors are called that are not kept. */
export function mirrorOnce(serviceId: string): string {
  return ONCE + serviceId;
}

interface Kept {
  readonly serviceId: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

export class MirrorCache {
  readonly #directory: string;
  readonly #bytesMax: number;
  readonly #turns = new Turns();
  /** Of each service, at work or waiting for their turn. */
  readonly #users = new Map<string, number>();
  /** As they were after their last use: to look at the mirrors of 300 services takes 0.2 s of a processor. */
  readonly #known = new Map<string, Kept>();

  /** The directory is ours alone. */
  constructor(directory: string, bytesMax: number) {
    this.#directory = directory;
    this.#bytesMax = bytesMax;
  }

  /** Without an ending. */
  pathOf(serviceId: string): string {
    return join(this.#directory, serviceId);
  }

  /** The only one at work on the service's mirrors. They may be gone afterwards, if they alone are above the limit. */
  async use<Result>(serviceId: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#count(serviceId, 1);
    try {
      return await this.#turns.take(serviceId, signal, async () => {
        try {
          return await work();
        } finally {
          if (serviceId.startsWith(ONCE)) await this.#remove(serviceId);
        }
      });
    } finally {
      await this.#touch(serviceId);
      this.#count(serviceId, -1);
      this.#known.delete(serviceId);
      // What cannot be removed now is tried again with the other chores, and does not make the work fail.
      await this.#evict().catch(() => undefined);
    }
  }

  async forget(serviceId: string): Promise<void> {
    await this.#turns.take(serviceId, new AbortController().signal, () => this.#remove(serviceId));
  }

  async removeLeft(): Promise<void> {
    for (const name of await this.#names()) {
      if (LEFT.test(name) && !this.#users.has(withoutEnding(name)))
        await removeTree(join(this.#directory, name));
    }
  }

  /** Looks at all mirrors anew. */
  async trim(): Promise<void> {
    this.#known.clear();
    await this.#evict();
  }

  async #evict(): Promise<void> {
    const kept = await this.#kept();
    let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of kept.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (bytes <= this.#bytesMax) return;
      if (this.#users.has(one.serviceId)) continue;
      // Nobody waits between asking and taking the turn: who comes now finds no mirror, and fetches.
      await this.forget(one.serviceId);
      bytes -= one.bytes;
    }
  }

  async #kept(): Promise<readonly Kept[]> {
    const serviceIds = new Set((await this.#names()).map(withoutEnding));
    return Promise.all([...serviceIds].map(async (id) => this.#known.get(id) ?? this.#look(id)));
  }

  async #look(serviceId: string): Promise<Kept> {
    const parts = ENDINGS.map(async (ending) => {
      const path = this.pathOf(serviceId) + ending;
      const usedAtMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { bytes: await bytesBelow(path), usedAtMs };
    });
    const [mirror, modules] = await Promise.all(parts);
    const bytes = (mirror?.bytes ?? 0) + (modules?.bytes ?? 0);
    const usedAtMs = Math.max(mirror?.usedAtMs ?? 0, modules?.usedAtMs ?? 0);
    const kept = { serviceId, bytes, usedAtMs };
    this.#known.set(serviceId, kept);
    return kept;
  }

  async #remove(serviceId: string): Promise<void> {
    this.#known.delete(serviceId);
    for (const ending of ENDINGS) await removeWhole(this.pathOf(serviceId) + ending);
  }

  async #touch(serviceId: string): Promise<void> {
    const now = new Date();
    for (const ending of ENDINGS)
      await utimes(this.pathOf(serviceId) + ending, now, now).catch(() => undefined);
  }

  #count(serviceId: string, change: number): void {
    const users = (this.#users.get(serviceId) ?? 0) + change;
    if (users === 0) this.#users.delete(serviceId);
    else this.#users.set(serviceId, users);
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.#directory).catch(() => []);
  }
}

function withoutEnding(name: string): string {
  return name.replace(/\.(?:git|modules)$/, "");
}
