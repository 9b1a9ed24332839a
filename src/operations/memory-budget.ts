/**
 * Keeps instances from being started into memory that the machine does not have. What was promised lately is remembered
 * here only: after a restart of ours, the instances started just before are merely not counted twice.
 */
import type { Instance } from "../domain/instance.ts";
import { type MemoryAnswer, fits, memoryReserveMiB } from "../domain/node-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";

/** By then an instance has taken the most of what it takes at rest, and the machine's own figures show it. */
const STARTING_MS = 30_000;

export interface MemoryClaim {
  readonly instanceId: string;
  readonly serviceName: string;
  readonly limitMiB: number;
  /** The service's other instances: what they use tells what this one will. */
  readonly siblings: readonly Instance[];
}

interface Promised {
  readonly untilMs: number;
  readonly memoryMiB: number;
}

export class MemoryBudget {
  readonly #engine: Pick<ContainerEngine, "memory" | "readUsage">;
  readonly #clock: Clock;
  readonly #promised = new Map<string, Promised>();

  constructor(engine: Pick<ContainerEngine, "memory" | "readUsage">, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Whether the instance may be started now; its memory counts as taken then. */
  async claim(claim: MemoryClaim, signal: AbortSignal): Promise<MemoryAnswer> {
    const { totalMiB, availableMiB } = await this.#engine.memory(signal);
    const expectedMiB = await this.#measuredMiB(claim.siblings, signal);
    const machine = { totalMiB, availableMiB, reserveMiB: memoryReserveMiB(totalMiB) };
    const answer = fits(machine, { ...claim, expectedMiB }, this.#startingMiB(claim.instanceId));
    if (answer.fits) {
      const untilMs = this.#clock.now() + STARTING_MS;
      this.#promised.set(claim.instanceId, { untilMs, memoryMiB: answer.expectedMiB });
    }
    return answer;
  }

  /** It was not started: nothing will be taken. */
  release(instanceId: string): void {
    this.#promised.delete(instanceId);
  }

  async #measuredMiB(siblings: readonly Instance[], signal: AbortSignal): Promise<number | null> {
    const running = siblings.filter((row) => row.readyAtMs !== null).map((row) => row.id);
    if (running.length === 0) return null;
    const usage = [...(await this.#engine.readUsage(running, signal)).values()];
    return usage.length === 0 ? null : Math.max(...usage.map(({ memoryMiB }) => memoryMiB));
  }

  /** Of all others: a start that is tried again asks for its own once. */
  #startingMiB(instanceId: string): number {
    const nowMs = this.#clock.now();
    let sumMiB = 0;
    for (const [id, { untilMs, memoryMiB }] of this.#promised) {
      if (untilMs <= nowMs || untilMs > nowMs + STARTING_MS) this.#promised.delete(id);
      else if (id !== instanceId) sumMiB += memoryMiB;
    }
    return sumMiB;
  }
}
