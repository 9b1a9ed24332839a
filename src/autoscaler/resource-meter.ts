/** How much of its processors and memory a service uses, from readings some seconds apart. */
import type { InstanceSize } from "../ports/scaling.ts";
import type { ResourceUse } from "./demand.ts";
import { MeanWindow } from "./mean-window.ts";

export interface InstanceReading {
  /** Processor time since it was started. */
  readonly cpuMs: number;
  readonly memoryMiB: number;
}

/** Without a reading for this long nothing is known. */
const LONGEST_GAP_MS = 20_000;

export class ResourceMeter {
  readonly #windowMs: number;
  readonly #cpu: MeanWindow;
  readonly #memory: MeanWindow;
  #last: ReadonlyMap<string, InstanceReading> = new Map();
  #lastAtMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#cpu = new MeanWindow(windowMs);
    this.#memory = new MeanWindow(windowMs);
  }

  /** Of the instances that are ready; one without a reading counts as the mean of the others. */
  add(
    readings: ReadonlyMap<string, InstanceReading>,
    ready: number,
    size: InstanceSize,
    nowMs: number,
  ): void {
    const [fromMs, before] = [this.#lastAtMs, this.#last];
    const elapsedMs = nowMs - fromMs;
    this.#last = readings;
    this.#lastAtMs = nowMs;
    if (elapsedMs <= 0 || elapsedMs > LONGEST_GAP_MS) return;
    const both = [...readings].flatMap(([id, reading]) => {
      const earlier = before.get(id);
      return earlier === undefined ? [] : [{ reading, cpuMs: Math.max(0, reading.cpuMs - earlier.cpuMs) }];
    });
    if (both.length === 0) return;
    const scale = ready / both.length;
    const cpuMs = sum(both.map((one) => one.cpuMs));
    const memoryMiB = sum(both.map((one) => one.reading.memoryMiB));
    this.#cpu.add(fromMs, nowMs, (scale * cpuMs * 1000) / (elapsedMs * size.cpuMillis));
    this.#memory.add(fromMs, nowMs, (scale * memoryMiB) / size.memoryMiB);
  }

  read(nowMs: number): ResourceUse | "unknown" {
    if (nowMs - this.#lastAtMs > LONGEST_GAP_MS) return "unknown";
    const cpu = this.#cpu.mean(nowMs, this.#windowMs);
    const memory = this.#memory.mean(nowMs, this.#windowMs);
    return cpu === "unknown" || memory === "unknown" ? "unknown" : { cpu, memory };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
