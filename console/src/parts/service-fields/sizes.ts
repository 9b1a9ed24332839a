/** Sizes of an instance that App Runner offers: processor units, and the memory (MiB) that goes with each. */

export const sizes = [
  { cpu: "256", memories: ["512", "1024"] },
  { cpu: "512", memories: ["1024"] },
  { cpu: "1024", memories: ["2048", "3072", "4096"] },
  { cpu: "2048", memories: ["4096", "6144"] },
  { cpu: "4096", memories: ["8192", "10240", "12288"] },
] as const;

export function memoriesFor(cpu: string): readonly string[] {
  return sizes.find((size) => size.cpu === cpu)?.memories ?? [];
}

/** The memory that is kept when the processor changes: the present one if it may be, else the least. */
export function memoryWith(cpu: string, present: string): string {
  const memories = memoriesFor(cpu);
  return memories.includes(present) ? present : (memories[0] ?? present);
}
