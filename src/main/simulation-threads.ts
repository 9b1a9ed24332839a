/**
 * Simulations of the API: each on a thread of its own, few at once, none for long. Nobody has all places, and a turn goes to
 * whoever has the fewest running.
 */
import { Worker } from "node:worker_threads";
import {
  type ScalingSimulation,
  type SimulatedScaling,
  SimulationRefused,
  type SimulationWish,
} from "../ports/scaling-simulation.ts";
import type { SimulationAnswer } from "./simulation-worker.ts";

const AT_ONCE = 2;
/** Forms ask while somebody types: what comes meanwhile waits a moment rather than being refused. */
const WAITING_MAX = 8;
/** Running and waiting, of one caller: a form that asks anew leaves what it asked for before. */
const OF_ONE_MAX = 4;
const DEADLINE_MS = 25_000;
const HEAP_MAX_MIB = 128;

interface Waiting {
  readonly caller: string;
  readonly begin: () => void;
}

export class SimulationThreads implements ScalingSimulation {
  /** Their callers. */
  readonly #running: string[] = [];
  /** Who waits longest is first. */
  readonly #waiting: Waiting[] = [];

  async run(wish: SimulationWish, caller: string, signal: AbortSignal): Promise<SimulatedScaling> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    await this.#turn(caller, within);
    try {
      const answer = await ask(wish, within);
      if ("refused" in answer) throw new SimulationRefused(answer.refused);
      return answer.result;
    } finally {
      this.#passOn(caller);
    }
  }

  async #turn(caller: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw tooLong();
    const own = this.#runningOf(caller) + this.#waiting.filter((one) => one.caller === caller).length;
    if (own >= OF_ONE_MAX) {
      throw new SimulationRefused(
        `${OF_ONE_MAX} simulations of yours run or wait. Try again after one ends.`,
      );
    }
    if (this.#running.length < AT_ONCE) {
      this.#running.push(caller);
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      throw new SimulationRefused("Many other simulations run at this moment. Try again.");
    }
    await this.#wait(caller, signal);
  }

  async #wait(caller: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const place: Waiting = {
      caller,
      begin: () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      },
    };
    const giveUp = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(place), 1);
      reject(tooLong());
    };
    this.#waiting.push(place);
    signal.addEventListener("abort", giveUp, { once: true });
    await promise;
  }

  #passOn(caller: string): void {
    this.#running.splice(this.#running.indexOf(caller), 1);
    const fewest = Math.min(...this.#waiting.map((one) => this.#runningOf(one.caller)));
    const index = this.#waiting.findIndex((one) => this.#runningOf(one.caller) === fewest);
    const [next] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (next === undefined) return;
    this.#running.push(next.caller);
    next.begin();
  }

  #runningOf(caller: string): number {
    return this.#running.filter((one) => one === caller).length;
  }
}

function tooLong(): SimulationRefused {
  return new SimulationRefused("It takes too long. Give a lower rate.");
}

async function ask(wish: SimulationWish, signal: AbortSignal): Promise<SimulationAnswer> {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MAX_MIB };
  const worker = new Worker(workerFile(), { workerData: wish, resourceLimits });
  const { promise, resolve, reject } = Promise.withResolvers<SimulationAnswer>();
  const giveUp = (): void => reject(tooLong());
  worker.on("message", resolve);
  worker.on("error", reject);
  worker.on("exit", () => reject(new Error("the simulation's thread ended")));
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", giveUp);
    await worker.terminate();
  }
}

function workerFile(): URL {
  const name = import.meta.url.endsWith(".ts") ? "./simulation-worker.ts" : "./simulation-worker.mjs";
  return new URL(name, import.meta.url);
}
