/** Simulations of the API: each on a thread of its own, few at once, none for long. */
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
const DEADLINE_MS = 25_000;
const HEAP_MAX_MIB = 128;

export class SimulationThreads implements ScalingSimulation {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async run(wish: SimulationWish, signal: AbortSignal): Promise<SimulatedScaling> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    await this.#turn(within);
    try {
      const answer = await ask(wish, within);
      if ("refused" in answer) throw new SimulationRefused(answer.refused);
      return answer.result;
    } finally {
      this.#passOn();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw tooLong();
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      throw new SimulationRefused("Many other simulations run at this moment. Try again.");
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = (): void => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    const giveUp = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(begin), 1);
      reject(tooLong());
    };
    this.#waiting.push(begin);
    signal.addEventListener("abort", giveUp, { once: true });
    await promise;
  }

  /** To the one that waits longest, else to whoever comes. */
  #passOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
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
