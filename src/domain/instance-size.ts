/** Cpu and memory of an instance. Spelling and allowed pairs: App Runner developer guide, "managing configuration". */
import { SlipwayError } from "./error.ts";

/** Cpu units → allowed memory in MiB. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  "256": ["512", "1024"],
  "512": ["1024"],
  "1024": ["2048", "3072", "4096"],
  "2048": ["4096", "6144"],
  "4096": ["8192", "10240", "12288"],
};

/** "1 vCPU" and "1024" are the same; App Runner answers with plain units whatever was sent. */
export function normalizeCpu(cpu: string): string {
  const cores = /^([\d.]+) vCPU$/.exec(cpu)?.[1];
  return cores === undefined ? cpu : String(Number(cores) * 1024);
}

/** "2 GB" and "2048" are the same. */
export function normalizeMemory(memory: string): string {
  const gigabytes = /^([\d.]+) GB$/.exec(memory)?.[1];
  return gigabytes === undefined ? memory : String(Number(gigabytes) * 1024);
}

/** Refuses pairs App Runner does not offer. Both in plain units. */
export function assertSizePair(cpu: string, memory: string): void {
  if (PAIRS[cpu]?.includes(memory)) return;
  const valid = Object.entries(PAIRS).map(([units, memories]) => `${units} with ${memories.join(" or ")}`);
  throw new SlipwayError("InvalidParameter", {
    path: "InstanceConfiguration",
    problem: `Cpu ${cpu} cannot be combined with Memory ${memory}. Valid pairs: ${valid.join("; ")}`,
  });
}

/** Cpu units to thousandths of a core. */
export function cpuMillis(cpu: string): number {
  return Math.round((Number(cpu) * 1000) / 1024);
}
