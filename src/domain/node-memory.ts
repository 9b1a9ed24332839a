/**
 * Whether the machine has room for one more instance. The budget is what instances really use, not what they may: most
 * services use a small part of their limit, and one that grows to it meets its own limit, not the machine's.
 */
import { grouped } from "./text-order.ts";

export interface MachineMemory {
  readonly totalMiB: number;
  /** Free, or held only by caches that can be given up. */
  readonly availableMiB: number;
  /** Stays free for the system: `memoryReserveMiB`. */
  readonly reserveMiB: number;
}

export interface NewInstance {
  readonly serviceName: string;
  readonly limitMiB: number;
  /** What the service's other instances use, measured; null while nothing is known. */
  readonly expectedMiB: number | null;
}

export interface MemoryAnswer {
  readonly fits: boolean;
  /** It would but for those that are starting, and may once it is seen what they really take. */
  readonly mayFitLater: boolean;
  /** What it will take, as far as is known. */
  readonly expectedMiB: number;
  /** One line for people. */
  readonly reason: string;
}

const RESERVE_SHARE = 0.05;
const RESERVE_MIN_MIB = 256;
/** Of an instance nobody has measured yet: a small server in Node or Java. */
const UNKNOWN_MIB = 128;

export function memoryReserveMiB(totalMiB: number): number {
  return Math.max(RESERVE_MIN_MIB, totalMiB * RESERVE_SHARE);
}

/**
 * `startingMiB`: what instances that were started within the last half minute are still expected to take. It is not in the
 * measured use yet, so that without it many could be started into the same free memory.
 */
export function fits(memory: MachineMemory, instance: NewInstance, startingMiB: number): MemoryAnswer {
  const { availableMiB, reserveMiB } = memory;
  const expectedMiB = Math.min(instance.limitMiB, instance.expectedMiB ?? UNKNOWN_MIB);
  const starting = startingMiB > 0 ? `, instances that are starting take about ${text(startingMiB)}` : "";
  return {
    expectedMiB,
    fits: availableMiB - startingMiB - expectedMiB >= reserveMiB,
    mayFitLater: availableMiB - expectedMiB >= reserveMiB,
    reason:
      `the machine has ${text(availableMiB)} of ${text(memory.totalMiB)} MiB left${starting}, an instance of ` +
      `${instance.serviceName} uses about ${text(expectedMiB)} and ${text(reserveMiB)} stay free for the system`,
  };
}

function text(memoryMiB: number): string {
  return grouped(Math.floor(memoryMiB));
}
