/** The thread of one simulation: it may take seconds, in which the control plane has other things to do. */
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import {
  type SimulatedScaling,
  SimulationRefused,
  type SimulationWish,
} from "../ports/scaling-simulation.ts";
import { simulateScaling } from "./scaling-simulation.ts";

/** Of this thread alone, as for the log's. */
const LOW_PRIORITY = 5;

export type SimulationAnswer = { readonly result: SimulatedScaling } | { readonly refused: string };

setPriority(0, LOW_PRIORITY);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(answer(workerData as SimulationWish));

function answer(wish: SimulationWish): SimulationAnswer {
  try {
    return { result: simulateScaling(wish) };
  } catch (error) {
    if (error instanceof SimulationRefused) return { refused: error.message };
    throw error;
  }
}
